# gem install aws-sdk-mq minitest; ruby users_test.rb
require "aws-sdk-mq"
require "json"
require "minitest/autorun"
require "net/http"

# A server on a free port for all tests, and its control API.
module LocalMq
  BINARY = ENV.fetch("AMAZONMQ_LOCAL_BIN", "amazonmq-local")

  def self.url
    @url ||= ENV["AMAZONMQ_LOCAL_URL"] || start
  end

  def self.start
    out = IO.popen([BINARY, "--port", "0", "--reboot-time", "1h", "--log-level", "warn"])
    Minitest.after_run { Process.kill("TERM", out.pid) }
    out.gets.to_s.split.first or abort "#{BINARY} did not start" # its URL, printed as soon as it listens
  end

  def self.post(path, body = "")
    answer = Net::HTTP.post(URI("#{url}/_local/#{path}"), body)
    raise "#{path}: #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)

    JSON.parse(answer.body)
  end

  def self.reset(sql)
    post("reset?empty=true")
    post("seed", sql)
  end

  def self.advance(seconds)
    post("clock", JSON.dump(advanceMs: seconds * 1000))
  end

  def self.login?(broker, username, password)
    post("authenticate", JSON.dump(brokerId: broker, username: username, password: password)).fetch("authenticated")
  end
end

class UsersTest < Minitest::Test
  def setup
    LocalMq.reset("INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');")
    @mq = Aws::MQ::Client.new(endpoint: LocalMq.url, region: "us-east-1", access_key_id: "local", secret_access_key: "local")
  end

  def test_a_new_user_can_log_in_after_the_reboot
    @mq.create_user(broker_id: "b-orders", username: "alice", password: "alice-password-1")
    @mq.reboot_broker(broker_id: "b-orders")
    refute LocalMq.login?("b-orders", "alice", "alice-password-1")
    LocalMq.advance(3600)
    assert LocalMq.login?("b-orders", "alice", "alice-password-1")
  end
end
