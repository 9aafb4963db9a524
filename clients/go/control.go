package mqlocal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"
)

// control sends requests to the control API below /_local/.
type control struct {
	t     testing.TB
	url   string
	token string
}

// Without a proxy: the server is on this machine or beside it.
var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 1,
	IdleConnTimeout: 10 * time.Second}}

// call sends bytes as they are and anything else as JSON.
func (c *control) call(method, path string, body any) []byte {
	c.t.Helper()
	data, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			c.t.Fatalf("mqlocal: %v", err)
		}
	}
	request, err := http.NewRequest(method, c.url+"/_local/"+path, bytes.NewReader(data))
	if err != nil {
		c.t.Fatalf("mqlocal: %v", err)
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := client.Do(request)
	if err != nil {
		c.t.Fatalf("mqlocal: %v", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("mqlocal: %s /_local/%s: %v", method, path, err)
	}
	if response.StatusCode >= 300 {
		var refusal struct{ Message string }
		if json.Unmarshal(answer, &refusal) != nil || refusal.Message == "" {
			refusal.Message = string(answer)
		}
		c.t.Fatalf("mqlocal: %s /_local/%s: %d: %s", method, path, response.StatusCode, refusal.Message)
	}
	return answer
}

func (c *control) read(method, path string, body, into any) {
	c.t.Helper()
	if err := json.Unmarshal(c.call(method, path, body), into); err != nil {
		c.t.Fatalf("mqlocal: %s /_local/%s: %v", method, path, err)
	}
}

// Clock is the clock of the server, which the end of a reboot and maintenance windows wait for.
type Clock struct{ server *Server }

// Clock is the clock of the server.
func (s *Server) Clock() Clock { return Clock{s} }

type reading struct {
	NowMs int64 `json:"nowMs"`
}

// Now is the server's time.
func (c Clock) Now() time.Time {
	c.server.t.Helper()
	var answer reading
	c.server.read("GET", "clock", nil, &answer)
	return time.UnixMilli(answer.NowMs).UTC()
}

// Advance steps the clock, by milliseconds. What is due until then has happened when it returns.
func (c Clock) Advance(d time.Duration) time.Time {
	c.server.t.Helper()
	return c.step(map[string]any{"advanceMs": d.Milliseconds()})
}

// Set sets the clock. What is due until then has happened when it returns.
func (c Clock) Set(now time.Time) time.Time {
	c.server.t.Helper()
	return c.step(map[string]any{"now": now.UTC().Format("2006-01-02T15:04:05.000Z")})
}

func (c Clock) step(body any) time.Time {
	c.server.t.Helper()
	var answer reading
	c.server.read("POST", "clock", body, &answer)
	return time.UnixMilli(answer.NowMs).UTC()
}

// Fault is a rule that breaks calls. Operation, BrokerID and Username select them; Error, with Status and Message, Delay
// and Drop are what happens to them; Times is how often, 0 for always. A Probability of 0 is one of 1.
type Fault struct {
	ID          int64   `json:"id,omitempty"`
	Operation   string  `json:"operation,omitempty"`
	BrokerID    string  `json:"brokerId,omitempty"`
	Username    string  `json:"username,omitempty"`
	Error       string  `json:"error,omitempty"`
	Status      int     `json:"status,omitempty"`
	Message     string  `json:"message,omitempty"`
	DelayMs     int64   `json:"delayMs,omitempty"`
	Drop        bool    `json:"drop,omitempty"`
	Times       int     `json:"times,omitempty"`
	Probability float64 `json:"probability,omitempty"`
	Seed        int64   `json:"seed,omitempty"`
}

// AddFault breaks calls from now on, and returns the rule with its ID.
func (s *Server) AddFault(fault Fault) Fault {
	s.t.Helper()
	fault.ID = 0 // of a rule that was added before
	s.read("POST", "faults", fault, &fault)
	return fault
}

// Faults are the rules, the oldest first, with the Times that are left.
func (s *Server) Faults() []Fault {
	s.t.Helper()
	var all []Fault
	for path := "faults"; ; {
		var answer struct {
			Faults    []Fault
			Truncated bool
		}
		s.read("GET", path, nil, &answer)
		all = append(all, answer.Faults...)
		if !answer.Truncated || len(answer.Faults) == 0 {
			return all
		}
		path = "faults?since=" + strconv.FormatInt(all[len(all)-1].ID, 10)
	}
}

// RemoveFaults removes the rules with these IDs, or all.
func (s *Server) RemoveFaults(ids ...int64) {
	s.t.Helper()
	if len(ids) == 0 {
		s.call("DELETE", "faults", nil)
	}
	for _, id := range ids {
		s.call("DELETE", "faults?id="+strconv.FormatInt(id, 10), nil)
	}
}

// Filter selects requests. An empty one selects all; Status 0 is any; Since is a number of a Request, the calls after
// which are meant; Last is how many, the newest.
type Filter struct {
	Operation string
	Username  string
	Status    int
	Since     int64
	Last      int
}

func (f Filter) query() url.Values {
	query := url.Values{}
	add := func(name, value string) {
		if value != "" && value != "0" {
			query.Set(name, value)
		}
	}
	add("operation", f.Operation)
	add("username", f.Username)
	add("status", strconv.Itoa(f.Status))
	add("since", strconv.FormatInt(f.Since, 10))
	add("last", strconv.Itoa(f.Last))
	return query
}

// Request is a call that the service received. Passwords in Body are "***".
type Request struct {
	Number     int64
	Time       time.Time
	Account    string
	Region     string
	AccessKey  string
	Operation  string
	Method     string
	Path       string
	Username   string
	Body       map[string]any
	BodyBytes  int64
	Status     int
	Error      string
	Dropped    bool
	RequestID  string
	DurationUs int64
}

// Requests are the calls that the service received, the oldest first.
func (s *Server) Requests(filter Filter) []Request {
	s.t.Helper()
	var all []Request
	for query := filter.query(); ; query.Set("since", strconv.FormatInt(all[len(all)-1].Number, 10)) {
		var answer struct {
			Requests  []Request
			Truncated bool
		}
		s.read("GET", "requests?"+query.Encode(), nil, &answer)
		all = append(all, answer.Requests...)
		if !answer.Truncated || len(answer.Requests) == 0 {
			return all
		}
	}
}

// ClearRequests empties the journal of requests.
func (s *Server) ClearRequests() {
	s.t.Helper()
	s.call("DELETE", "requests", nil)
}

// Login is the answer of Authenticate.
type Login struct {
	Authenticated bool
	ConsoleAccess bool
	Groups        []string
}

// Authenticate tells whether the running broker would let this user in: applied values count, pending ones do not.
func (s *Server) Authenticate(brokerID, username, password string) (login Login) {
	s.t.Helper()
	s.read("POST", "authenticate",
		map[string]string{"brokerId": brokerID, "username": username, "password": password}, &login)
	return login
}
