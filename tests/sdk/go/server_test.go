// Starts the real server for a test, in the world of world.sql, and gives it a client of the real SDK.
package sdk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/mq"
)

const password = "a-long-password-1"

var ctx = context.Background()

// root is the repository's.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// TestMain keeps the settings of the person who runs the tests away from the client.
func TestMain(m *testing.M) {
	for _, pair := range os.Environ() {
		if strings.HasPrefix(pair, "AWS_") {
			os.Unsetenv(strings.SplitN(pair, "=", 2)[0])
		}
	}
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1",
		"AWS_MAX_ATTEMPTS": "1",
	} {
		os.Setenv(name, value)
	}
	os.Exit(m.Run())
}

// server is a process on free ports; at the end of the test it must stop cleanly.
type server struct {
	t    *testing.T
	urls []string
	log  *bytes.Buffer
}

func serve(t *testing.T, more string, flags ...string) *server {
	t.Helper()
	binary := os.Getenv("AMAZONMQ_LOCAL_BIN")
	if binary == "" {
		binary = filepath.Join(root(), "build", "amazonmq-local")
	}
	seed := filepath.Join(t.TempDir(), "more.sql")
	must(t, os.WriteFile(seed, []byte(more), 0o600))
	command := exec.Command(binary, append([]string{"--port", "0", "--seed", filepath.Join(root(), "tests", "sdk", "world.sql"),
		"--seed", seed}, flags...)...)
	s := &server{t: t, log: &bytes.Buffer{}}
	command.Stderr = s.log
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "AMAZONMQ_LOCAL_") {
			command.Env = append(command.Env, pair)
		}
	}
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	t.Cleanup(func() {
		command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil {
			t.Errorf("the server did not stop cleanly: %v\n%s", err, s.log)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.urls = append(s.urls, lines.Text())
		if len(s.urls) == 2 || !strings.Contains(strings.Join(flags, " "), "--tls-port") {
			break
		}
	}
	if len(s.urls) == 0 {
		t.Fatalf("the server ended instead of starting: %s", s.log)
	}
	return s
}

// client finds the server as a user's program does: by AWS_ENDPOINT_URL_MQ.
func (s *server) client(url string, options ...func(*config.LoadOptions) error) *mq.Client {
	s.t.Helper()
	s.t.Setenv("AWS_ENDPOINT_URL_MQ", url)
	settings, err := config.LoadDefaultConfig(ctx, options...)
	must(s.t, err)
	return mq.NewFromConfig(settings)
}

// control calls the server's own API and returns the answer's JSON.
func (s *server) control(method, path, body string) map[string]any {
	s.t.Helper()
	request, err := http.NewRequest(method, s.urls[0]+"/_local/"+path, strings.NewReader(body))
	must(s.t, err)
	answer, err := http.DefaultClient.Do(request)
	must(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(s.t, err)
	var members map[string]any
	if answer.StatusCode >= 300 || json.Unmarshal(text, &members) != nil {
		s.t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	return members
}

// send makes the call of that name; parameters are JSON of the operation's input. The output, or the error.
func send(t *testing.T, client *mq.Client, operation string, parameters []byte) (any, error) {
	t.Helper()
	method := reflect.ValueOf(client).MethodByName(operation)
	if !method.IsValid() {
		t.Fatalf("the SDK has no operation %s", operation)
	}
	input := reflect.New(method.Type().In(1).Elem())
	must(t, json.Unmarshal(parameters, input.Interface()))
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	err, _ := results[1].Interface().(error)
	return results[0].Interface(), err
}

// errorCase is a row of errors.json.
type errorCase struct {
	Operation  string
	Parameters json.RawMessage
	Fault      map[string]any
	Status     int
	Error      string
	Attribute  *string
	Message    string
}

func errorCases(t *testing.T) (cases []errorCase) {
	text, err := os.ReadFile(filepath.Join(root(), "tests", "sdk", "errors.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &cases))
	return cases
}

// insert is SQL that adds a row; values are strings and numbers.
func insert(table string, columns map[string]any) string {
	var names, values []string
	for name := range columns {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if text, ok := columns[name].(string); ok {
			values = append(values, "'"+strings.ReplaceAll(text, "'", "''")+"'")
		} else {
			values = append(values, fmt.Sprint(columns[name]))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s);\n", table, strings.Join(names, ", "), strings.Join(values, ", "))
}

// users shows a broker's users and what is pending of each.
func users(t *testing.T, client *mq.Client, broker string) map[string]string {
	t.Helper()
	answer, err := client.ListUsers(ctx, &mq.ListUsersInput{BrokerId: &broker})
	must(t, err)
	found := map[string]string{}
	for _, user := range answer.Users {
		found[aws.ToString(user.Username)] = string(user.PendingChange)
	}
	return found
}

func same(t *testing.T, got, wanted any) {
	t.Helper()
	if !reflect.DeepEqual(got, wanted) {
		t.Fatalf("got %#v, wanted %#v", got, wanted)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is errors.As for a type.
func as[T error](t *testing.T, err error) (found T) {
	t.Helper()
	if !errors.As(err, &found) {
		t.Fatalf("%T instead of %T: %v", err, found, err)
	}
	return found
}
