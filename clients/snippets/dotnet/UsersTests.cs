using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.MQ;
using Amazon.MQ.Model;
using Amazon.Runtime;
using Xunit;

/// <summary>A server on a free port for the tests of a class, and its control API.</summary>
public sealed class LocalMq : IDisposable
{
    private readonly Process? process;
    private readonly HttpClient http = new();

    public LocalMq()
    {
        var url = Environment.GetEnvironmentVariable("AMAZONMQ_LOCAL_URL");
        if (string.IsNullOrEmpty(url))
        {
            var binary = Environment.GetEnvironmentVariable("AMAZONMQ_LOCAL_BIN") ?? "amazonmq-local";
            process = Process.Start(new ProcessStartInfo(binary, "--port 0 --reboot-time 1h --log-level warn")
            {
                RedirectStandardOutput = true,
            })!;
            // Its first line begins with its URL, printed as soon as it listens.
            url = process.StandardOutput.ReadLine()?.Split(' ')[0]
                ?? throw new InvalidOperationException($"{binary} did not start");
        }
        Url = url;
    }

    public string Url { get; }

    public AmazonMQClient Client() =>
        new(new BasicAWSCredentials("local", "local"),
            new AmazonMQConfig { ServiceURL = Url, AuthenticationRegion = "us-east-1" });

    public void Reset(string sql)
    {
        Send("reset?empty=true", new StringContent(""));
        Send("seed", new StringContent(sql));
    }

    public void Advance(TimeSpan step) => Send("clock", JsonContent.Create(new { advanceMs = (long)step.TotalMilliseconds }));

    public bool CanLogIn(string brokerId, string username, string password) =>
        Send("authenticate", JsonContent.Create(new { brokerId, username, password })).GetProperty("authenticated").GetBoolean();

    private JsonElement Send(string path, HttpContent body)
    {
        var answer = http.PostAsync($"{Url}/_local/{path}", body).Result;
        var text = answer.Content.ReadAsStringAsync().Result;
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement
            : throw new InvalidOperationException($"{path}: {text}");
    }

    public void Dispose()
    {
        process?.Kill();
        http.Dispose();
    }
}

public class UsersTests(LocalMq local) : IClassFixture<LocalMq>
{
    [Fact]
    public async Task ANewUserCanLogInAfterTheReboot()
    {
        local.Reset("INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');");
        using var mq = local.Client();
        await mq.CreateUserAsync(new CreateUserRequest
        {
            BrokerId = "b-orders", Username = "alice", Password = "alice-password-1",
        });
        await mq.RebootBrokerAsync(new RebootBrokerRequest { BrokerId = "b-orders" });
        Assert.False(local.CanLogIn("b-orders", "alice", "alice-password-1"));
        local.Advance(TimeSpan.FromHours(1));
        Assert.True(local.CanLogIn("b-orders", "alice", "alice-password-1"));
    }
}
