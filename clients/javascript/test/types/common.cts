import local = require('amazonmq-local');
import { CreateUserCommand, ListUsersCommand, MqClient } from '@aws-sdk/client-mq';

async function main(): Promise<void> {
  const server: local.Server = await local.start({ seed: "INSERT INTO broker (id, name) VALUES ('b-1', 'orders')" });
  const mq = new MqClient(server.config);
  await mq.send(new CreateUserCommand({ BrokerId: 'b-1', Username: 'alice', Password: 'alice-password-1' }));
  console.log((await mq.send(new ListUsersCommand({ BrokerId: 'b-1' }))).Users![0]!.Username);
  await server.stop();
  await server.reset().catch((error: unknown) => {
    console.log(error instanceof local.AmazonMqLocalError ? 'stopped' : error);
  });
}

void main();
