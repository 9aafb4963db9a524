// What a program written with the AWS SDK for Go meets.
package sdk

import (
	"bytes"
	"os"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/mq"
	"github.com/aws/aws-sdk-go-v2/service/mq/types"
	"github.com/aws/smithy-go"
)

func TestErrors(t *testing.T) {
	for _, one := range errorCases(t) {
		// The pinned SDK is older than DescribeSharedResources.
		if !reflect.ValueOf(&mq.Client{}).MethodByName(one.Operation).IsValid() {
			same(t, one.Operation, "DescribeSharedResources")
			continue
		}
		t.Run(one.Operation+" "+one.Error+" "+one.Message, func(t *testing.T) {
			s := serve(t, insert("fault", one.Fault))
			client := s.client(s.urls[0])
			_, err := send(t, client, one.Operation, one.Parameters)
			refusal := as[smithy.APIError](t, err)
			same(t, refusal.ErrorCode(), one.Error)
			same(t, refusal.ErrorMessage(), one.Message)
			same(t, as[*awshttp.ResponseError](t, err).HTTPStatusCode(), one.Status)
			// The exceptions of the model have a member for it.
			if attribute := reflect.Indirect(reflect.ValueOf(refusal)).FieldByName("ErrorAttribute"); attribute.IsValid() {
				same(t, attribute.Interface(), one.Attribute)
			}
		})
	}
}

func TestTheLifeOfAUser(t *testing.T) {
	s := serve(t, "", "--reboot-time", "1h")
	client := s.client(s.urls[0])
	broker, name := aws.String("b-orders"), aws.String("alice")
	_, err := client.CreateUser(ctx, &mq.CreateUserInput{BrokerId: broker, Username: name, Password: aws.String(password),
		Groups: []string{"admins"}, ConsoleAccess: aws.Bool(true)})
	must(t, err)
	same(t, users(t, client, *broker), map[string]string{"alice": "CREATE", "reader": ""})
	_, err = client.CreateUser(ctx, &mq.CreateUserInput{BrokerId: broker, Username: name, Password: aws.String(password)})
	same(t, aws.ToString(as[*types.ConflictException](t, err).ErrorAttribute), "username")
	_, err = client.UpdateUser(ctx, &mq.UpdateUserInput{BrokerId: broker, Username: name, Groups: []string{"readers"}})
	must(t, err)
	seen, err := client.DescribeUser(ctx, &mq.DescribeUserInput{BrokerId: broker, Username: name})
	must(t, err)
	same(t, seen.Pending, &types.UserPendingChanges{PendingChange: types.ChangeTypeCreate, ConsoleAccess: aws.Bool(true),
		Groups: []string{"readers"}})
	_, err = client.RebootBroker(ctx, &mq.RebootBrokerInput{BrokerId: broker})
	must(t, err)
	state, err := client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: broker})
	must(t, err)
	same(t, state.BrokerState, types.BrokerStateRebootInProgress)
	s.control("POST", "clock", `{"advanceMs":3600000}`)
	same(t, users(t, client, *broker), map[string]string{"alice": "", "reader": ""})
	_, err = client.DeleteUser(ctx, &mq.DeleteUserInput{BrokerId: broker, Username: name})
	must(t, err)
	same(t, users(t, client, *broker), map[string]string{"alice": "DELETE", "reader": ""})
}

func TestPagesOfUsers(t *testing.T) {
	s := serve(t, "WITH RECURSIVE n (x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n LIMIT 23)"+
		" INSERT INTO user (broker_id, username, password) SELECT 'b-orders', 'user-' || x, 'a-long-password-1' FROM n;")
	client := s.client(s.urls[0])
	var sizes []int
	var token *string
	for {
		page, err := client.ListUsers(ctx, &mq.ListUsersInput{BrokerId: aws.String("b-orders"), MaxResults: aws.Int32(10),
			NextToken: token})
		must(t, err)
		sizes = append(sizes, len(page.Users))
		if token = page.NextToken; token == nil {
			break
		}
	}
	same(t, sizes, []int{10, 10, 4})
}

func TestTheLifeOfABroker(t *testing.T) {
	s := serve(t, "", "--create-time", "real", "--delete-time", "1h", "--reboot-time", "0")
	client := s.client(s.urls[0])
	made, err := client.CreateBroker(ctx, &mq.CreateBrokerInput{BrokerName: aws.String("shop"),
		EngineType: types.EngineTypeActivemq, DeploymentMode: types.DeploymentModeSingleInstance,
		HostInstanceType: aws.String("mq.m5.large"), PubliclyAccessible: aws.Bool(true),
		Tags:  map[string]string{"team": "checkout"},
		Users: []types.User{{Username: aws.String("admin"), Password: aws.String(password)}}})
	must(t, err)
	id := made.BrokerId
	seen, err := client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: id})
	must(t, err)
	same(t, seen.BrokerState, types.BrokerStateCreationInProgress)
	s.control("POST", "clock", `{"advanceMs":900000}`)
	seen, err = client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: id})
	must(t, err)
	same(t, seen.BrokerState, types.BrokerStateRunning)
	same(t, seen.Tags, map[string]string{"team": "checkout"})
	if seen.Created == nil || len(seen.BrokerInstances) != 1 {
		t.Fatalf("%#v", seen)
	}
	_, err = client.UpdateBroker(ctx, &mq.UpdateBrokerInput{BrokerId: id, HostInstanceType: aws.String("mq.m5.xlarge")})
	must(t, err)
	seen, err = client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: id})
	must(t, err)
	same(t, []string{*seen.HostInstanceType, *seen.PendingHostInstanceType}, []string{"mq.m5.large", "mq.m5.xlarge"})
	_, err = client.RebootBroker(ctx, &mq.RebootBrokerInput{BrokerId: id})
	must(t, err)
	seen, err = client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: id})
	must(t, err)
	same(t, *seen.HostInstanceType, "mq.m5.xlarge")
	_, err = client.DeleteBroker(ctx, &mq.DeleteBrokerInput{BrokerId: id})
	must(t, err)
	s.control("POST", "clock", `{"advanceMs":3600000}`)
	_, err = client.DescribeBroker(ctx, &mq.DescribeBrokerInput{BrokerId: id})
	same(t, aws.ToString(as[*types.NotFoundException](t, err).ErrorAttribute), "broker-id")
}

func TestConfigurationsAndTags(t *testing.T) {
	s := serve(t, "")
	client := s.client(s.urls[0])
	made, err := client.CreateConfiguration(ctx, &mq.CreateConfigurationInput{Name: aws.String("tuned"),
		EngineType: types.EngineTypeActivemq, EngineVersion: aws.String("5.18")})
	must(t, err)
	changed, err := client.UpdateConfiguration(ctx, &mq.UpdateConfigurationInput{ConfigurationId: made.Id,
		Data: aws.String("PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4=")})
	must(t, err)
	same(t, aws.ToInt32(changed.LatestRevision.Revision), int32(2))
	_, err = client.CreateTags(ctx, &mq.CreateTagsInput{ResourceArn: made.Arn, Tags: map[string]string{"a": "1", "b/c": "ü"}})
	must(t, err)
	_, err = client.DeleteTags(ctx, &mq.DeleteTagsInput{ResourceArn: made.Arn, TagKeys: []string{"a", "unknown"}})
	must(t, err)
	tags, err := client.ListTags(ctx, &mq.ListTagsInput{ResourceArn: made.Arn})
	must(t, err)
	same(t, tags.Tags, map[string]string{"b/c": "ü"})
	_, err = client.DeleteConfiguration(ctx, &mq.DeleteConfigurationInput{ConfigurationId: made.Id})
	must(t, err)
}

func TestRetriesOutliveFaults(t *testing.T) {
	for _, fault := range []string{`"error":"InternalServerErrorException"`, `"error":"TooManyRequestsException"`, `"drop":true`} {
		t.Run(fault, func(t *testing.T) {
			t.Setenv("AWS_MAX_ATTEMPTS", "3")
			s := serve(t, "")
			s.control("POST", "faults", `{"operation":"DescribeUser","times":2,`+fault+`}`)
			client := s.client(s.urls[0])
			_, err := client.DescribeUser(ctx, &mq.DescribeUserInput{BrokerId: aws.String("b-orders"), Username: aws.String("reader")})
			must(t, err)
			same(t, s.control("GET", "requests?operation=DescribeUser&count=true", "")["count"], 3.0)
		})
	}
}

func TestSignatures(t *testing.T) {
	s := serve(t, "", "--auth", "verify")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDVERIFIED")
	for secret, wanted := range map[string]string{"the+right/secret": "", "another": "InvalidSignatureException"} {
		t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
		_, err := s.client(s.urls[0]).ListUsers(ctx, &mq.ListUsersInput{BrokerId: aws.String("b-orders")})
		if wanted == "" {
			must(t, err)
		} else {
			same(t, as[smithy.APIError](t, err).ErrorCode(), wanted)
		}
	}
}

func TestHTTPS(t *testing.T) {
	directory := t.TempDir() + "/tls"
	s := serve(t, "", "--tls-port", "0", "--tls-dir", directory)
	ca, err := os.ReadFile(directory + "/ca.pem")
	must(t, err)
	client := s.client(s.urls[1], config.WithCustomCABundle(bytes.NewReader(ca)))
	same(t, users(t, client, "b-orders"), map[string]string{"reader": ""})
}
