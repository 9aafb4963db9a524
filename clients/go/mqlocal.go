// Package mqlocal starts amazonmq-local, a stand-in for the Amazon MQ API, for a test.
//
//	func TestUsers(t *testing.T) {
//		local := mqlocal.Start(t, mqlocal.Seed("INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"))
//		local.Setenv(t) // the AWS SDK now talks to it
//		// … call the code under test …
//		local.Clock().Advance(time.Hour)
//	}
//
// A server starts in some milliseconds, so each test can have its own. It ends with its test, and also when the test
// binary is killed.
//
// A method that fails ends the test with Fatal: call it from the goroutine of the test.
package mqlocal

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// Server is a running amazonmq-local.
type Server struct {
	control
	seed []string
}

type settings struct {
	binary string
	token  string
	seed   []string
	args   []string
	skip   bool
}

// Option changes how Start starts the server.
type Option func(testing.TB, *settings)

// Binary names the program. By default it is that of AMAZONMQ_LOCAL_BIN, and then amazonmq-local from the PATH.
func Binary(path string) Option {
	return func(_ testing.TB, s *settings) { s.binary = path }
}

// Seed is SQL that the state begins with.
func Seed(sql ...string) Option {
	return func(_ testing.TB, s *settings) { s.seed = append(s.seed, sql...) }
}

// SeedFile is Seed with the contents of files.
func SeedFile(paths ...string) Option {
	return func(t testing.TB, s *settings) {
		t.Helper()
		for _, path := range paths {
			sql, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("mqlocal: %v", err)
			}
			s.seed = append(s.seed, string(sql))
		}
	}
}

// Args are options of the server, such as "--reboot-time", "1h". They do not apply to a server of AMAZONMQ_LOCAL_URL.
func Args(args ...string) Option {
	return func(_ testing.TB, s *settings) { s.args = append(s.args, args...) }
}

// Token is the bearer token of a server with --control-token; by default AMAZONMQ_LOCAL_CONTROL_TOKEN.
func Token(token string) Option {
	return func(_ testing.TB, s *settings) { s.token = token }
}

// SkipWithoutBinary skips the test where there is no program to start, instead of failing it.
func SkipWithoutBinary() Option {
	return func(_ testing.TB, s *settings) { s.skip = true }
}

// Start starts a server on a free port and ends it with the test. If AMAZONMQ_LOCAL_URL is set, it uses the server
// there instead and empties it: run such tests one after the other (go test -p 1).
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	set := settings{token: os.Getenv("AMAZONMQ_LOCAL_CONTROL_TOKEN")}
	for _, option := range options {
		option(t, &set)
	}
	server := &Server{control: control{t: t, token: set.token}, seed: set.seed}
	if url := os.Getenv("AMAZONMQ_LOCAL_URL"); url != "" {
		server.url = strings.TrimRight(url, "/")
		server.Reset()
		return server
	}
	url, stop, err := launch(set)
	var missing errMissing
	if set.skip && errors.As(err, &missing) {
		t.Skipf("mqlocal: %v", err)
	}
	if err != nil {
		t.Fatalf("mqlocal: %v", err)
	}
	server.url = url
	t.Cleanup(func() {
		t.Helper()
		if said := stop(); said != "" && t.Failed() {
			t.Logf("amazonmq-local wrote:\n%s", said)
		}
	})
	server.Seed(set.seed...)
	return server
}

// errMissing says that there is nothing to start.
type errMissing string

func (e errMissing) Error() string {
	return fmt.Sprintf("%s; AMAZONMQ_LOCAL_URL can name a server that runs already", string(e))
}

// URL is where the server listens, such as http://localhost:40123.
func (s *Server) URL() string { return s.url }

// Env has the variables with which AWS SDKs, and the AWS CLI from version 2.13 on, talk to the server.
func (s *Server) Env() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL_MQ": s.url, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "",
	}
}

// Setenv sets the variables of Env until the end of the test, which must not be parallel. A parallel test gives the URL
// to its client as BaseEndpoint.
func (s *Server) Setenv(t testing.TB) {
	t.Helper()
	for name, value := range s.Env() {
		t.Setenv(name, value)
	}
}

// With is the same server for a subtest, which its methods then fail.
func (s *Server) With(t testing.TB) *Server {
	other := *s
	other.t = t
	return &other
}

// Reset makes the state that of the beginning: that of the seeds of Start, or of these ones. The clock is right again,
// and faults and the journal are empty.
func (s *Server) Reset(seed ...string) {
	s.t.Helper()
	s.call("POST", "reset?empty=true", nil)
	if len(seed) == 0 {
		seed = s.seed
	}
	s.Seed(seed...)
	s.ClearRequests()
}

// Seed applies SQL, each text completely or not at all.
func (s *Server) Seed(sql ...string) {
	s.t.Helper()
	for _, text := range sql {
		s.call("POST", "seed", []byte(text))
	}
}

// Snapshot is the whole state as a SQLite file.
func (s *Server) Snapshot() []byte {
	s.t.Helper()
	return s.call("GET", "snapshot", nil)
}

// Restore replaces the state with that of a Snapshot.
func (s *Server) Restore(snapshot []byte) {
	s.t.Helper()
	s.call("PUT", "snapshot", snapshot)
}

// Version is that of the server.
func (s *Server) Version() string {
	s.t.Helper()
	var answer struct{ Version string }
	s.read("GET", "health", nil, &answer)
	return answer.Version
}
