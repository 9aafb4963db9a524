// Package users is the code under test: it gives a broker its users.
package users

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/mq"
)

// User is a user that a broker shall have.
type User struct{ Name, Password string }

// Add creates the users that are missing, and reboots the broker if changes wait for it. It is safe to repeat.
func Add(ctx context.Context, client *mq.Client, broker string, users []User) error {
	before, err := client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: aws.String(broker)})
	if err != nil {
		return err
	}
	present := map[string]bool{}
	for _, user := range before.Users {
		present[aws.ToString(user.Username)] = true
	}
	for _, user := range users {
		if present[user.Name] {
			continue
		}
		if _, err := client.CreateUser(ctx, &mq.CreateUserInput{
			BrokerId: aws.String(broker),
			Username: aws.String(user.Name),
			Password: aws.String(user.Password),
			Groups:   []string{"team"},
		}); err != nil {
			return err
		}
	}

	// New users cannot log in before a reboot, which an earlier run may have failed to ask for.
	after, err := client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: aws.String(broker)})
	if err != nil {
		return err
	}
	for _, user := range after.Users {
		if user.PendingChange != "" {
			_, err := client.RebootBroker(ctx, &mq.RebootBrokerInput{BrokerId: aws.String(broker)})
			return err
		}
	}
	return nil
}
