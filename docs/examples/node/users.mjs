// The code under test: gives a broker its users.

import { CreateUserCommand, DescribeBrokerCommand, RebootBrokerCommand } from '@aws-sdk/client-mq';

/** Creates the users that are missing, and reboots the broker if changes wait for it. Safe to repeat. */
export async function addUsers(mq, BrokerId, users) {
  const list = async () => (await mq.send(new DescribeBrokerCommand({ BrokerId }))).Users;
  const present = new Set((await list()).map((user) => user.Username));
  for (const [Username, Password] of Object.entries(users)) {
    if (!present.has(Username)) {
      await mq.send(new CreateUserCommand({ BrokerId, Username, Password, Groups: ['team'] }));
    }
  }
  // New users cannot log in before a reboot, which an earlier run may have failed to ask for.
  if ((await list()).some((user) => user.PendingChange)) {
    await mq.send(new RebootBrokerCommand({ BrokerId }));
  }
}
