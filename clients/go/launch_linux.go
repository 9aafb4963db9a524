package mqlocal

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// How long the server may take to start and to stop; only a failure takes so long.
const limit = 30 * time.Second

// logMax is how much of the server's log is kept, the newest.
const logMax = 64 << 10

type tail struct {
	mutex sync.Mutex
	text  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - logMax; over > 0 {
		t.text = append([]byte(nil), t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(bytes.TrimSpace(t.text))
}

func find(given string) (string, error) {
	name, from := given, "mqlocal.Binary"
	if name == "" {
		name, from = os.Getenv("AMAZONMQ_LOCAL_BIN"), "AMAZONMQ_LOCAL_BIN"
	}
	if name == "" {
		name, from = "amazonmq-local", ""
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path, nil
	case from == "":
		return "", errMissing("no amazonmq-local on the PATH: install it, set AMAZONMQ_LOCAL_BIN or use mqlocal.Binary")
	}
	return "", errMissing(fmt.Sprintf("%s: %v", from, err))
}

// environment is that of the tests without the variables that are for clients.
func environment() (kept []string) {
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AMAZONMQ_LOCAL_BIN=") && !strings.HasPrefix(variable, "AMAZONMQ_LOCAL_URL=") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// launch starts the server; stop ends it and returns what it logged.
func launch(set settings) (url string, stop func() string, err error) {
	binary, err := find(set.binary)
	if err != nil {
		return "", nil, err
	}
	args := append([]string{"--log-level", "warn"}, set.args...)
	server := exec.Command(binary, append(args, "--port", "0")...)
	server.Env = environment()
	if set.token != "" {
		server.Env = append(server.Env, "AMAZONMQ_LOCAL_CONTROL_TOKEN="+set.token)
	}
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log := &tail{}
	server.Stderr = log
	stdout, err := server.StdoutPipe()
	if err != nil {
		return "", nil, err
	}

	started, ended := make(chan error, 1), make(chan struct{})
	lines := make(chan string, 1)
	go func() {
		// Pdeathsig is sent when the thread ends that started the process: keep the thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := server.Start()
		started <- err
		if err != nil {
			return
		}
		// Its first line begins with its URL, printed as soon as it listens. Wait only after stdout has ended.
		reader := bufio.NewReader(stdout)
		line, _ := reader.ReadString('\n')
		lines <- line
		io.Copy(io.Discard, reader)
		server.Wait()
	}()
	if err := <-started; err != nil {
		return "", nil, err
	}
	stop = func() string {
		server.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(limit):
			server.Process.Kill()
			<-ended
		}
		return log.String()
	}
	select {
	case line := <-lines:
		if words := strings.Fields(line); len(words) > 0 && strings.HasPrefix(words[0], "http") {
			return words[0], stop, nil
		}
	case <-time.After(limit):
	}
	return "", nil, fmt.Errorf("%s did not start: %s", binary, stop())
}
