# For a tap of your own, as Formula/amazonmq-local.rb. Homebrew runs on Linux too, and the server on Linux only: a formula for
# macOS would install nothing that works there. The checksums are those of SHA256SUMS of the release.
class AmazonmqLocal < Formula
  desc "Stand-in for the Amazon MQ API, for development and tests"
  homepage "https://github.com/amazonmq-local/amazonmq-local"
  version "0.1.0"
  license "Apache-2.0"

  depends_on :linux

  on_intel do
    url "https://github.com/amazonmq-local/amazonmq-local/releases/download/v0.1.0/amazonmq-local-0.1.0-linux-amd64.tar.gz"
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  end

  on_arm do
    url "https://github.com/amazonmq-local/amazonmq-local/releases/download/v0.1.0/amazonmq-local-0.1.0-linux-arm64.tar.gz"
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  end

  def install
    program = Dir["**/amazonmq-local"].find { |path| File.file?(path) && File.executable?(path) }
    bin.install program
    man1.install Dir["**/amazonmq-local.1*"]
  end

  service do
    run [opt_bin/"amazonmq-local"]
    keep_alive true
  end

  test do
    assert_match "amazonmq-local #{version}", shell_output("#{bin}/amazonmq-local --version")
  end
end
