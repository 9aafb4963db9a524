// Package containers shows amazonmq-local in a container, with Testcontainers for Go. It is compiled here, and run where
// a Docker daemon answers.
package containers

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// startContainer starts the image and returns the URL of the server. With AMAZONMQ_LOCAL_URL set to it, mqlocal.Start
// uses this server.
func startContainer(t *testing.T, image, seeds string) string {
	t.Helper()
	container, err := testcontainers.Run(t.Context(), image,
		testcontainers.WithExposedPorts("8267/tcp"),
		testcontainers.WithEnv(map[string]string{"AMAZONMQ_LOCAL_REBOOT_TIME": "1h"}),
		testcontainers.WithFiles(testcontainers.ContainerFile{
			HostFilePath: seeds, ContainerFilePath: "/docker-entrypoint-initdb.d/seeds.sql", FileMode: 0o644}),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_local/health").WithPort("8267/tcp")))
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	url, err := container.PortEndpoint(t.Context(), "8267/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func TestContainer(t *testing.T) {
	if exec.Command("docker", "image", "inspect", "amazonmq-local").Run() != nil {
		t.Skip("no Docker with an image amazonmq-local")
	}
	seeds := t.TempDir() + "/world.sql"
	if err := os.WriteFile(seeds, []byte("INSERT INTO broker (id, name) VALUES ('b-1', 'orders');"), 0o644); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(startContainer(t, "amazonmq-local", seeds) + "/v1/brokers/b-1")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode != 200 {
		t.Errorf("%d: %s", response.StatusCode, answer)
	}
}
