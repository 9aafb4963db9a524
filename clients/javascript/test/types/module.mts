import { AmazonMqLocalError, start, type Fault, type ReceivedRequest, type Server } from 'amazonmq-local';
import { CreateUserCommand, ListUsersCommand, MqClient } from '@aws-sdk/client-mq';

let used: Server | undefined;
{
  await using server = await start({
    seed: ["INSERT INTO broker (id, name) VALUES ('b-1', 'orders')"], flags: ['--reboot-time', '1h'], port: 0,
  });
  used = server;
  const mq = new MqClient(server.config);
  await mq.send(new CreateUserCommand({ BrokerId: 'b-1', Username: 'alice', Password: 'alice-password-1' }));
  const fault: Fault = await server.faults.add({ operation: 'CreateUser', drop: true });
  await server.faults.clear(fault.id);
  const calls: ReceivedRequest[] = await server.requests({ operation: 'CreateUser', since: new Date(0) });
  const time: number = (await server.clock.advance('7d')).getTime() + calls[0]!.status;
  await server.clock.set(new Date(time));
  await server.restore(await server.snapshot());
  const { groups = [] } = await server.authenticate('b-1', 'alice', 'wrong');
  const region: string = server.env.AWS_REGION + groups.join();
  process.env.AWS_REGION = region;
  // @ts-expect-error: a wrong option is an error of the compiler too
  await server.reset({ seeds: '' }).catch(() => {});
  await server.reset({ seed: new URL('data:,') }).catch(() => {});
  await server.reset();
  await mq.send(new CreateUserCommand({ BrokerId: 'b-1', Username: 'alice', Password: 'alice-password-1' }));
  console.log((await mq.send(new ListUsersCommand({ BrokerId: 'b-1' }))).Users![0]!.Username);
}
await used.reset().catch((error: unknown) => {
  console.log(error instanceof AmazonMqLocalError && error.status === undefined ? 'stopped' : error);
});
