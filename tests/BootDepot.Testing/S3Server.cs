using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Amazon.Runtime;
using Amazon.S3;

namespace BootDepot.Testing;

/// <summary>
/// A real S3 server, from the system's packages: started by the first test of a process that asks, stopped with the process (also
/// when that is killed). Its data is in memory or in a temporary folder.
/// </summary>
public sealed class S3Server
{
    private static readonly Once<S3Server> OneGateway = new(StartGatewayAsync);
    private static readonly Once<S3Server> OneSwift = new(() => StartAsync(S3Scripts.Swift, "test:tester"));

    private readonly Process _shell;

    private S3Server(Process shell, Uri endpoint, string accessKey)
    {
        _shell = shell;
        Endpoint = endpoint;
        AccessKey = accessKey;
    }

    /// <summary>
    /// The name by which the gateway knows itself, too: <c>bucket.s3.test</c> is a bucket of it. No resolver knows that name; whoever
    /// asks for it goes through <see cref="S3NameProxy"/>.
    /// </summary>
    public const string Name = "s3.test";

    /// <summary>Where it answers.</summary>
    public Uri Endpoint { get; }

    /// <summary>Access key of its one user.</summary>
    public string AccessKey { get; }

    /// <summary>The secret.</summary>
    public string SecretKey { get; } = "testing";

    /// <summary>The RADOS gateway of Ceph that the tests of this process share.</summary>
    public static Task<S3Server> GatewayAsync() => OneGateway.GetAsync();

    /// <summary>OpenStack Swift with its S3 API, which the tests of this process share.</summary>
    public static Task<S3Server> SwiftAsync() => OneSwift.GetAsync();

    /// <summary>Starts a gateway of its own.</summary>
    public static Task<S3Server> StartGatewayAsync() => StartAsync(S3Scripts.Gateway, "test");

    /// <summary>A client of its own.</summary>
    public AmazonS3Client OpenClient() => new(AccessKey, SecretKey, new AmazonS3Config
    {
        ServiceURL = Endpoint.ToString(),
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <summary>Makes a bucket.</summary>
    public async Task MakeBucketAsync(string name)
    {
        using var client = OpenClient();
        await client.PutBucketAsync(name);
    }

    /// <summary>Refuses connections, as a server that restarts, until <see cref="ResumeAsync"/>. The gateway only.</summary>
    public Task PauseAsync() => SayAsync("stop");

    /// <summary>Answers again.</summary>
    public Task ResumeAsync() => SayAsync("start");

    /// <summary>Ends it and removes its folder.</summary>
    public async Task StopAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static async Task<S3Server> StartAsync(string script, string accessKey)
    {
        var folder = Directory.CreateTempSubdirectory("bootdepot-s3-").FullName;
        var port = FreePorts.Find(4);
        var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script, "s3", folder, port.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = shell.StandardError.ReadToEndAsync();
        while (await shell.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "up")
                return new S3Server(shell, new Uri($"http://127.0.0.1:{port}/"), accessKey);
        }

        throw new InvalidOperationException("The S3 server did not start: " + await errors);
    }

    private async Task SayAsync(string word)
    {
        await _shell.StandardInput.WriteLineAsync(word);
        await _shell.StandardInput.FlushAsync();
        while (await _shell.StandardOutput.ReadLineAsync() is { } line && line != "did " + word)
        {
        }
    }
}
