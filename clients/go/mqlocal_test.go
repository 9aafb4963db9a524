package mqlocal

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

const world = `
INSERT INTO broker (id, name) VALUES ('b-1', 'orders');
INSERT INTO user (broker_id, username, password, groups) VALUES ('b-1', 'alice', 'correct-horse-1', '["admins"]');
`

// A call of the service's API, without an SDK.
func send(t testing.TB, s *Server, method, path, body string) int {
	t.Helper()
	request, err := http.NewRequest(method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// recorder is a test that may fail without this one failing.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.said = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(format string, args ...any) {
	r.said = "skipped: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// said is how a use of the package ends a test.
func said(t *testing.T, use func(testing.TB)) string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		use(r)
	}()
	<-done
	return r.said
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func expectIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %q", part, text)
		}
	}
}

func TestClockAndAuthenticate(t *testing.T) {
	t.Parallel()
	s := Start(t, Seed(world), Args("--reboot-time", "1h"))
	expect(t, send(t, s, "POST", "/v1/brokers/b-1/users/bob", `{"password":"correct-horse-2"}`), 200)
	expect(t, send(t, s, "POST", "/v1/brokers/b-1/reboot", ""), 200)
	expect(t, s.Authenticate("b-1", "bob", "correct-horse-2").Authenticated, false)

	before := s.Clock().Now()
	after := s.Clock().Advance(time.Hour)
	if after.Sub(before) < time.Hour || after.Sub(before) > time.Hour+time.Minute {
		t.Errorf("from %v to %v", before, after)
	}

	expect(t, s.Authenticate("b-1", "bob", "correct-horse-2").Authenticated, true)
	expect(t, s.Authenticate("b-1", "alice", "correct-horse-1"), Login{Authenticated: true, Groups: []string{"admins"}})
	expect(t, s.Clock().Set(time.Date(2031, 12, 24, 18, 0, 0, 0, time.UTC)).Format(time.DateOnly), "2031-12-24")
}

func TestResetAndSeed(t *testing.T) {
	t.Parallel()
	s := Start(t, Seed(world))
	s.Seed("INSERT INTO broker (id, name) VALUES ('b-2', 'events');")
	s.AddFault(Fault{Operation: "ListUsers", Error: "ForbiddenException"})
	s.Clock().Advance(24 * time.Hour)
	expect(t, send(t, s, "GET", "/v1/brokers/b-2", ""), 200)

	s.Reset()

	expect(t, len(s.Requests(Filter{})), 0)
	expect(t, len(s.Faults()), 0)
	expect(t, time.Until(s.Clock().Now()) < time.Hour, true)
	expect(t, send(t, s, "GET", "/v1/brokers/b-2", ""), 404)
	expect(t, send(t, s, "GET", "/v1/brokers/b-1", ""), 200)
	s.Reset("INSERT INTO broker (id, name) VALUES ('b-3', 'other');")
	expect(t, send(t, s, "GET", "/v1/brokers/b-1", ""), 404)
	expect(t, send(t, s, "GET", "/v1/brokers/b-3", ""), 200)
}

func TestFaultsAndRequests(t *testing.T) {
	t.Parallel()
	s := Start(t, Seed(world))
	fault := s.AddFault(Fault{Operation: "CreateUser", Username: "bob", Error: "InternalServerErrorException", Times: 2})
	other := s.AddFault(Fault{Operation: "RebootBroker", DelayMs: 5})
	expect(t, s.Faults(), []Fault{fault, other})
	var got []int
	for range [3]int{} {
		got = append(got, send(t, s, "POST", "/v1/brokers/b-1/users/bob", `{"password":"correct-horse-2"}`))
	}
	expect(t, got, []int{500, 500, 200})

	sent := s.Requests(Filter{Username: "bob", Status: 200})
	expect(t, len(sent), 1)
	expect(t, sent[0].Operation, "CreateUser")
	expect(t, sent[0].Body, map[string]any{"password": "***"})
	expect(t, len(s.Requests(Filter{Operation: "CreateUser", Last: 2})), 2)
	expect(t, len(s.Requests(Filter{Since: sent[0].Number})), 0)
	s.RemoveFaults(other.ID)
	s.RemoveFaults()
	expect(t, len(s.Faults()), 0)
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	s := Start(t, Seed(world))
	before := s.Snapshot()
	s.Seed("DELETE FROM broker;")
	expect(t, send(t, s, "GET", "/v1/brokers/b-1", ""), 404)
	s.Restore(before)
	expect(t, send(t, s, "GET", "/v1/brokers/b-1", ""), 200)
}

func TestSeedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "world.sql")
	if err := os.WriteFile(path, []byte(world), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Start(t, SeedFile(path))
	expect(t, send(t, s, "GET", "/v1/brokers/b-1", ""), 200)
	expectIn(t, said(t, func(t testing.TB) { Start(t, SeedFile(path+".none")) }), "failed: ", "world.sql.none")
}

func TestToken(t *testing.T) {
	t.Parallel()
	s := Start(t, Seed(world), Token("a-secret-token"))
	expect(t, len(s.Requests(Filter{})), 0)
	expectIn(t, said(t, func(t testing.TB) {
		bare := s.With(t)
		bare.token = ""
		bare.Reset()
	}), "failed: ", "401", "bearer token")
}

func TestServerThatRunsAlready(t *testing.T) {
	first := Start(t, Seed(world))
	t.Setenv("AMAZONMQ_LOCAL_URL", first.URL()+"/")
	second := Start(t, Seed("INSERT INTO broker (id, name) VALUES ('b-2', 'events');"), Binary("/none"))
	expect(t, second.URL(), first.URL())
	expect(t, send(t, first, "GET", "/v1/brokers/b-1", ""), 404)
	expect(t, send(t, first, "GET", "/v1/brokers/b-2", ""), 200)
}

func TestSetenv(t *testing.T) {
	s := Start(t)
	s.Setenv(t)
	expect(t, os.Getenv("AWS_ENDPOINT_URL_MQ"), s.URL())
	expect(t, s.Version() != "", true)
}

func TestWhatGoesWrongIsSaid(t *testing.T) {
	expectIn(t, said(t, func(t testing.TB) { Start(t, Binary("/none/amazonmq-local")) }),
		"failed: mqlocal: mqlocal.Binary", "/none/amazonmq-local", "AMAZONMQ_LOCAL_URL")
	expectIn(t, said(t, func(t testing.TB) { Start(t, Args("--durability", "none")) }), "did not start", "durability")
	expectIn(t, said(t, func(t testing.TB) { Start(t, Seed("DROP TABLE user;")) }), "400", "DROP TABLE")
	s := Start(t)
	expectIn(t, said(t, func(t testing.TB) { s.With(t).AddFault(Fault{Error: "UnheardOfException"}) }), "400", "needed with an error")
	t.Setenv("AMAZONMQ_LOCAL_BIN", "")
	t.Setenv("PATH", t.TempDir())
	expectIn(t, said(t, func(t testing.TB) { Start(t) }), "failed: ", "PATH", "AMAZONMQ_LOCAL_BIN")
	expectIn(t, said(t, func(t testing.TB) { Start(t, SkipWithoutBinary()) }), "skipped: ", "PATH", "AMAZONMQ_LOCAL_BIN")
}

func answers(url string) bool {
	response, err := http.Get(url + "/_local/health")
	if err != nil {
		return false
	}
	response.Body.Close()
	return true
}

func TestItEndsWithItsTest(t *testing.T) {
	var url string
	t.Run("inner", func(t *testing.T) {
		url = Start(t).URL()
		expect(t, answers(url), true)
	})
	expect(t, answers(url), false)
}

// TestChild is the process that TestItEndsWithAKilledTest kills.
func TestChild(t *testing.T) {
	if os.Getenv("MQLOCAL_TEST_CHILD") == "" {
		return
	}
	fmt.Println("url", Start(t).URL())
	select {}
}

func TestItEndsWithAKilledTest(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run", "^TestChild$", "-test.timeout", "5m")
	child.Env = append(os.Environ(), "MQLOCAL_TEST_CHILD=1", "AMAZONMQ_LOCAL_URL=")
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var url string
	for lines := bufio.NewScanner(stdout); url == "" && lines.Scan(); {
		url = strings.TrimPrefix(lines.Text(), "url ")
	}
	expect(t, answers(url), true)
	child.Process.Kill()
	child.Wait()
	for end := time.Now().Add(time.Minute); answers(url); {
		if time.Now().After(end) {
			t.Fatal("the server has outlived the tests")
		}
		runtime.Gosched()
	}
}
