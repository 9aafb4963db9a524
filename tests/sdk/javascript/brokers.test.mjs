// Brokers, configurations, tags and the catalogue from creation to removal, with the AWS SDK for JavaScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connect, errorCases, eventually, insert, members, PASSWORD, reboot, refusal, sdk, serve,
} from './server.mjs';

const ACCOUNT = 'arn:aws:mq:us-east-1:123456789012';
const QUICK = ['--create-time', '100ms', '--reboot-time', '100ms', '--delete-time', '100ms'];
const CONFIGURATION = `<?xml version="1.0" encoding="UTF-8"?>
<broker xmlns="http://activemq.apache.org/schema/core" brokerName="shop" advisorySupport="false">
  <unknownSetting unsafe="true"/>
</broker>
`;
const SANITIZED = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<broker advisorySupport="false" xmlns="http://activemq.apache.org/schema/core"/>
`;

const encode = (text) => Buffer.from(text).toString('base64');
const decode = (text) => Buffer.from(text, 'base64').toString();

test('every operation of the SDK has its errors here', () => {
  const operations = Object.keys(sdk).filter((name) => name.endsWith('Command') && name !== '$Command')
    .map((name) => name.slice(0, -'Command'.length));
  const tested = new Set(errorCases.map(({ operation }) => operation));
  assert.deepEqual(operations.filter((name) => !tested.has(name)), []);
  assert.ok(operations.length >= 24);
});

test('the life of a broker', async (t) => {
  const mq = connect(t, await serve(t, { flags: QUICK }));
  const { BrokerEngineTypes: [engine] } = await mq.send('DescribeBrokerEngineTypes', { EngineType: 'activemq' });
  const EngineVersion = engine.EngineVersions[0].Name;
  const { BrokerInstanceOptions: [option] } = await mq.send('DescribeBrokerInstanceOptions',
    { EngineType: 'ACTIVEMQ', HostInstanceType: 'mq.m5.large', StorageType: 'EFS' });
  assert.ok(option.SupportedEngineVersions.includes(EngineVersion));
  assert.equal(option.StorageType, 'efs');

  const created = await mq.send('CreateConfiguration', { Name: 'shop', EngineType: 'ACTIVEMQ', EngineVersion });
  const ConfigurationId = created.Id;
  assert.ok(created.Created instanceof Date && created.LatestRevision.Created instanceof Date);
  assert.equal(created.Arn, `${ACCOUNT}:configuration:${ConfigurationId}`);
  const updated = await mq.send('UpdateConfiguration', { ConfigurationId, Data: encode(CONFIGURATION) });
  assert.equal(updated.LatestRevision.Revision, 2);
  assert.deepEqual(updated.Warnings, [
    { AttributeName: 'brokerName', ElementName: 'broker', Reason: 'DISALLOWED_ATTRIBUTE_REMOVED' },
    { ElementName: 'unknownSetting', Reason: 'DISALLOWED_ELEMENT_REMOVED' },
  ]);
  const revision = await mq.send('DescribeConfigurationRevision', { ConfigurationId, ConfigurationRevision: '2' });
  assert.equal(decode(revision.Data), SANITIZED);
  assert.deepEqual((await mq.send('ListConfigurationRevisions', { ConfigurationId })).Revisions
    .map((row) => row.Revision), [1, 2]);

  const wanted = {
    BrokerName: 'shop', DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ', EngineType: 'ACTIVEMQ', EngineVersion,
    HostInstanceType: 'mq.m5.large', PubliclyAccessible: false, CreatorRequestId: 'only-once',
    Configuration: { Id: ConfigurationId, Revision: 1 }, Tags: { stage: 'test' },
    Users: [{ Username: 'admin', Password: PASSWORD, ConsoleAccess: true }],
  };
  const { BrokerId, BrokerArn } = await mq.send('CreateBroker', wanted);
  assert.equal(BrokerArn, `${ACCOUNT}:broker:shop:${BrokerId}`);
  assert.equal((await mq.send('CreateBroker', wanted)).BrokerId, BrokerId);
  // Without one given the SDK makes up another request id.
  const conflict = await refusal(mq, 'ConflictException', 'CreateBroker', { ...wanted, CreatorRequestId: undefined });
  assert.equal(conflict.errorAttribute, 'brokerName');

  const describe = () => mq.send('DescribeBroker', { BrokerId });
  await eventually(async () => (await describe()).BrokerState === 'RUNNING', 'shop RUNNING');
  const running = await describe();
  assert.equal(running.BrokerInstances.length, 2);
  assert.equal(running.SubnetIds.length, 2);
  assert.deepEqual(running.Configurations, { Current: { Id: ConfigurationId, Revision: 1 }, History: [] });
  assert.deepEqual(running.Users, [{ Username: 'admin' }]);
  await refusal(mq, 'ConflictException', 'DeleteConfiguration', { ConfigurationId });

  assert.deepEqual(members(await mq.send('UpdateBroker',
    { BrokerId, Configuration: { Id: ConfigurationId, Revision: 2 }, HostInstanceType: 'mq.m5.xlarge' })), {
    BrokerId, Configuration: { Id: ConfigurationId, Revision: 2 }, HostInstanceType: 'mq.m5.xlarge',
  });
  const pending = await describe();
  assert.equal(pending.PendingHostInstanceType, 'mq.m5.xlarge');
  assert.deepEqual(pending.Configurations.Pending, { Id: ConfigurationId, Revision: 2 });
  await reboot(mq, BrokerId);
  const applied = await describe();
  assert.equal(applied.HostInstanceType, 'mq.m5.xlarge');
  assert.equal(applied.PendingHostInstanceType, undefined);
  assert.deepEqual(applied.Configurations,
    { Current: { Id: ConfigurationId, Revision: 2 }, History: [{ Id: ConfigurationId, Revision: 1 }] });

  const resource = { ResourceArn: BrokerArn };
  const Tags = { 'cost centre': '10 %', stage: 'real' };
  assert.deepEqual(members(await mq.send('CreateTags', { ...resource, Tags })), {});
  assert.deepEqual(members(await mq.send('ListTags', resource)), { Tags });
  assert.deepEqual(members(await mq.send('DeleteTags', { ...resource, TagKeys: ['cost centre', 'k&x=1'] })), {});
  assert.deepEqual((await describe()).Tags, { stage: 'real' });

  assert.deepEqual(members(await mq.send('DeleteBroker', { BrokerId })), { BrokerId });
  await eventually(() => describe().then(
    ({ BrokerState }) => { assert.equal(BrokerState, 'DELETION_IN_PROGRESS'); return false; },
    (error) => { assert.ok(error instanceof sdk.NotFoundException, error); return true; }), 'shop gone');
  await refusal(mq, 'NotFoundException', 'ListTags', resource);
  assert.deepEqual(members(await mq.send('DeleteConfiguration', { ConfigurationId })), { ConfigurationId });
  await refusal(mq, 'NotFoundException', 'DescribeConfiguration', { ConfigurationId });
});

test('configurations are paged by hand', async (t) => {
  const rows = Array.from({ length: 9 },
    (_, number) => insert('broker', { id: `b-more-${number}`, name: `more-${number}` }));
  const mq = connect(t, await serve(t, { more: rows.join('') }));
  const pages = [];
  let NextToken;
  do {
    const page = await mq.send('ListConfigurations', { MaxResults: 5, NextToken });
    pages.push(page.Configurations.map((row) => row.Id));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  // Here the service gives a token with every page that is not empty.
  assert.deepEqual(pages.map((page) => page.length), [5, 5, 2, 0]);
  assert.deepEqual(pages.flat(), [...pages.flat()].sort());
});

// This client checks no types, so the server has to.
for (const [operation, parameters, attribute, type] of [
  ['CreateBroker', { BrokerName: 5 }, 'brokerName', 'string'],
  ['CreateBroker', { PubliclyAccessible: 'no' }, 'publiclyAccessible', 'boolean'],
  ['CreateBroker', { Logs: { Audit: 'yes' } }, 'logs.audit', 'boolean'],
  ['CreateBroker', { Users: [{ Username: 'admin', Password: 12345 }] }, 'users[0].password', 'string'],
  ['UpdateBroker', { Configuration: { Id: 'c-orders', Revision: 'last' } }, 'configuration.revision', 'integer'],
  ['UpdateConfiguration', { Data: 5 }, 'data', 'string'],
]) {
  test(`a wrong type in ${attribute} of ${operation} is a BadRequestException`, async (t) => {
    const mq = connect(t, await serve(t));
    const ids = { BrokerId: 'b-orders', ConfigurationId: 'c-orders' };
    const error = await refusal(mq, 'BadRequestException', operation, { ...ids, ...parameters });
    assert.equal(error.errorAttribute, attribute);
    assert.equal(error.message, `Invalid value for [${attribute}]. Specify a ${type}.`);
  });
}

test('a required member that is missing is a BadRequestException', async (t) => {
  const mq = connect(t, await serve(t));
  const broker = {
    BrokerName: 'shop', DeploymentMode: 'SINGLE_INSTANCE', EngineType: 'ACTIVEMQ', HostInstanceType: 'mq.m5.large',
    PubliclyAccessible: false,
  };
  for (const member of Object.keys(broker)) {
    const error = await refusal(mq, 'BadRequestException', 'CreateBroker', { ...broker, [member]: undefined });
    const attribute = member[0].toLowerCase() + member.slice(1);
    assert.equal(error.errorAttribute, attribute);
    assert.equal(error.message, `[${attribute}] is required.`);
  }
});
