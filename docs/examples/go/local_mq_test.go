package users

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/mq"
)

const world = `
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO user (broker_id, username, password) VALUES ('b-orders', 'admin', 'admin-password-1');
`

var serverURL string

// TestMain starts amazonmq-local once on a free port; each test puts it back to the beginning with start.
func TestMain(m *testing.M) {
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(run func() int) (int, error) {
	// One that runs already, such as a service container.
	if serverURL = os.Getenv("AMAZONMQ_LOCAL_URL"); serverURL != "" {
		return run(), nil
	}
	binary := cmp.Or(os.Getenv("AMAZONMQ_LOCAL_BIN"), "amazonmq-local")
	server := exec.Command(binary, "--port", "0", "--reboot-time", "1h", "--log-level", "warn")
	server.Stderr = os.Stderr
	stdout, err := server.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := server.Start(); err != nil {
		return 0, err
	}
	defer func() {
		server.Process.Signal(syscall.SIGTERM)
		server.Wait()
	}()
	// Its first line is its URL, printed as soon as it listens.
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("%s did not start", binary)
	}
	serverURL = strings.TrimSpace(line)
	return run(), nil
}

// localMQ is the control API of amazonmq-local, as far as the tests use it.
type localMQ struct{ t *testing.T }

// start puts the server back to the beginning, the world included, and returns it with a client.
func start(t *testing.T) (localMQ, *mq.Client) {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL_MQ", serverURL)
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "local")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "local")
	local := localMQ{t}
	local.call("POST", "reset?empty=true", nil)
	local.call("POST", "seed", []byte(world))
	local.call("DELETE", "requests", nil)
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return local, mq.NewFromConfig(settings)
}

// call sends bytes as they are and anything else as JSON.
func (l localMQ) call(method, path string, body any) []byte {
	l.t.Helper()
	data, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			l.t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(l.t.Context(), method, serverURL+"/_local/"+path, bytes.NewReader(data))
	if err != nil {
		l.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		l.t.Fatalf("%s %s: %s %v", method, path, answer, err)
	}
	return answer
}

func (l localMQ) read(answer []byte, into any) {
	l.t.Helper()
	if err := json.Unmarshal(answer, into); err != nil {
		l.t.Fatal(err)
	}
}

type object = map[string]any

// advance steps the clock; what is due until then has happened when it returns.
func (l localMQ) advance(seconds int) {
	l.t.Helper()
	l.call("POST", "clock", object{"advanceMs": seconds * 1000})
}

// fault breaks calls on purpose, for example {"operation": "CreateUser", "error": "ForbiddenException", "times": 1}.
func (l localMQ) fault(rule object) {
	l.t.Helper()
	l.call("POST", "faults", rule)
}

type sent struct {
	Operation, Username string
	Status              int
	Body                object
}

// requests is what the service was sent, the oldest first; the filter is a query such as "username=bob".
func (l localMQ) requests(filter string) []sent {
	l.t.Helper()
	var answer struct{ Requests []sent }
	l.read(l.call("GET", "requests?"+filter, nil), &answer)
	return answer.Requests
}

func (l localMQ) snapshot() []byte {
	l.t.Helper()
	return l.call("GET", "snapshot", nil)
}

func (l localMQ) restore(snapshot []byte) {
	l.t.Helper()
	l.call("PUT", "snapshot", snapshot)
}

type login struct {
	Authenticated, ConsoleAccess bool
	Groups                       []string
}

// login tells whether the running broker would let this user in.
func (l localMQ) login(broker, username, password string) (answer login) {
	l.t.Helper()
	l.read(l.call("POST", "authenticate",
		object{"brokerId": broker, "username": username, "password": password}), &answer)
	return answer
}
