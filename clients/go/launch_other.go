//go:build !linux

package mqlocal

import "runtime"

func launch(settings) (string, func() string, error) {
	return "", nil, errMissing("amazonmq-local runs on Linux, not on " + runtime.GOOS + ": start it in Docker")
}
