// Package users shows tests with the AWS SDK for Go. It is a module of its own, so that mqlocal needs no SDK.
package users

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	mqlocal "github.com/amazonmq-local/amazonmq-local/clients/go"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/mq"
	"github.com/aws/aws-sdk-go-v2/service/mq/types"
)

const world = `
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO user (broker_id, username, password) VALUES ('b-orders', 'admin', 'admin-password-1');
`

// addUser is the code under test.
func addUser(ctx context.Context, client *mq.Client, broker, name, password string) error {
	if _, err := client.CreateUser(ctx, &mq.CreateUserInput{BrokerId: &broker, Username: &name, Password: &password}); err != nil {
		return err
	}
	_, err := client.RebootBroker(ctx, &mq.RebootBrokerInput{BrokerId: &broker})
	return err
}

// start is a server and a client of the SDK, which finds it by the environment.
func start(t *testing.T, options ...mqlocal.Option) (*mqlocal.Server, *mq.Client) {
	t.Helper()
	local := mqlocal.Start(t, append(options, mqlocal.Seed(world), mqlocal.Args("--reboot-time", "1h"))...)
	local.Setenv(t)
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return local, mq.NewFromConfig(settings)
}

func TestANewUserCanLogInAfterTheReboot(t *testing.T) {
	local, client := start(t)
	if err := addUser(t.Context(), client, "b-orders", "alice", "alice-password-1"); err != nil {
		t.Fatal(err)
	}
	if local.Authenticate("b-orders", "alice", "alice-password-1").Authenticated {
		t.Error("before the reboot has ended")
	}
	local.Clock().Advance(time.Hour)
	if !local.Authenticate("b-orders", "alice", "alice-password-1").Authenticated {
		t.Error("not after the reboot")
	}
}

func TestTheSDKTriesAgain(t *testing.T) {
	local, client := start(t)
	local.AddFault(mqlocal.Fault{Operation: "CreateUser", Error: "InternalServerErrorException", Times: 2})
	if err := addUser(t.Context(), client, "b-orders", "bob", "bob-password-12"); err != nil {
		t.Fatal(err)
	}
	var statuses []int
	for _, request := range local.Requests(mqlocal.Filter{Username: "bob"}) {
		statuses = append(statuses, request.Status)
	}
	if want := []int{500, 500, 200}; !reflect.DeepEqual(statuses, want) {
		t.Errorf("%v, not %v", statuses, want)
	}
}

func TestNoRebootWhereTheUserIsRefused(t *testing.T) {
	local, client := start(t)
	var refused *types.BadRequestException
	if err := addUser(t.Context(), client, "b-orders", "bob", "short"); !errors.As(err, &refused) {
		t.Fatalf("%v is no BadRequestException", err)
	}
	if n := len(local.Requests(mqlocal.Filter{Operation: "RebootBroker"})); n != 0 {
		t.Errorf("%d reboots", n)
	}
}

// Parallel tests cannot share the environment: the client is given the URL.
func TestParallel(t *testing.T) {
	for _, name := range []string{"alice", "bob", "carol"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			local := mqlocal.Start(t, mqlocal.Seed(world))
			client := mq.New(mq.Options{Region: "us-east-1", BaseEndpoint: aws.String(local.URL()),
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
				})})
			if err := addUser(t.Context(), client, "b-orders", name, name+"-password-1"); err != nil {
				t.Fatal(err)
			}
			list, err := client.ListUsers(t.Context(), &mq.ListUsersInput{BrokerId: aws.String("b-orders")})
			if err != nil {
				t.Fatal(err)
			}
			if len(list.Users) != 2 {
				t.Errorf("%d users", len(list.Users))
			}
		})
	}
}
