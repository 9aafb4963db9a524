package users

import (
	"errors"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/mq"
	"github.com/aws/aws-sdk-go-v2/service/mq/types"
)

const broker = "b-orders"

var team = []User{{"alice", "alice-password-1"}, {"bob", "bob-password-12"}}

func add(t *testing.T, client *mq.Client, users []User) {
	t.Helper()
	if err := Add(t.Context(), client, broker, users); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func state(t *testing.T, client *mq.Client) types.BrokerState {
	t.Helper()
	answer, err := client.DescribeBroker(t.Context(), &mq.DescribeBrokerInput{BrokerId: aws.String(broker)})
	if err != nil {
		t.Fatal(err)
	}
	return answer.BrokerState
}

func TestNewUsersCanLogInAfterTheReboot(t *testing.T) {
	local, client := start(t)
	add(t, client, team)
	expect(t, state(t, client), types.BrokerStateRebootInProgress)
	expect(t, local.login(broker, "alice", "alice-password-1").Authenticated, false)

	local.advance(3600)

	expect(t, state(t, client), types.BrokerStateRunning)
	expect(t, local.login(broker, "alice", "alice-password-1"), login{Authenticated: true, Groups: []string{"team"}})
	expect(t, local.login(broker, "alice", "a-wrong-password").Authenticated, false)
}

func TestACallThatFailsIsTriedAgain(t *testing.T) {
	local, client := start(t)
	local.fault(object{
		"operation": "CreateUser", "username": "bob", "error": "InternalServerErrorException", "times": 2})
	add(t, client, team)
	var statuses []int
	for _, call := range local.requests("username=bob") {
		statuses = append(statuses, call.Status)
	}
	expect(t, statuses, []int{500, 500, 200})
}

func TestWhatIsSent(t *testing.T) {
	local, client := start(t)
	add(t, client, team)
	var calls [][2]string
	for _, call := range local.requests("") {
		calls = append(calls, [2]string{call.Operation, call.Username})
	}
	expect(t, calls, [][2]string{{"DescribeBroker", ""}, {"CreateUser", "alice"}, {"CreateUser", "bob"},
		{"DescribeBroker", ""}, {"RebootBroker", ""}})
	expect(t, local.requests("username=alice")[0].Body, object{"groups": []any{"team"}, "password": "***"})
}

func TestNoRebootWithoutAChange(t *testing.T) {
	local, client := start(t)
	add(t, client, []User{{"admin", "admin-password-1"}})
	expect(t, len(local.requests("operation=RebootBroker")), 0)
}

func TestWhateverFailsTheNextRunCompletes(t *testing.T) {
	local, client := start(t)
	before := local.snapshot()
	for _, operation := range []string{"DescribeBroker", "CreateUser", "RebootBroker"} {
		t.Run(operation, func(t *testing.T) {
			local := localMQ{t}
			local.restore(before)
			local.fault(object{"operation": operation, "error": "ForbiddenException", "times": 1})
			var refused *types.ForbiddenException
			if err := Add(t.Context(), client, broker, team); !errors.As(err, &refused) {
				t.Fatalf("%v is no ForbiddenException", err)
			}

			add(t, client, team)

			local.advance(3600)
			for _, user := range team {
				expect(t, local.login(broker, user.Name, user.Password).Authenticated, true)
			}
		})
	}
}
