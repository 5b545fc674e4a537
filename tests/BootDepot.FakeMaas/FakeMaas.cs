using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BootDepot.FakeMaas;

/// <summary>A server on a free port of loopback that answers as a MAAS of some age would, and records what it is asked.</summary>
public sealed partial class FakeMaas : IAsyncDisposable
{
    public const string Key = "Hx7vQpR3mKtWz9bLnE:d8FsYcU2jGqXaN5hTe:M4rkVwB6yPzJ3uCgS7nEtDxQ9fAhLb2K";
    public const string Secret = "M4rkVwB6yPzJ3uCgS7nEtDxQ9fAhLb2K";

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private int _ids = 100;

    private FakeMaas(WebApplication app, MaasEra era)
    {
        _app = app;
        Era = era;
    }

    public MaasEra Era { get; }

    /// <summary>Scheme, host and port.</summary>
    public string Origin { get; private set; } = "";

    public string Url => Origin + "/MAAS/";

    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    public IReadOnlyList<string> Lines => [.. Requests.Select(r => r.Line)];

    public List<FakeSource> Sources { get; } = [];

    public List<FakeResource> Resources { get; } = [];

    public Dictionary<string, string> Tokens { get; } = new(StringComparer.Ordinal) { [Key] = "MAAS consumer" };

    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal)
    {
        ["boot_images_auto_import"] = "true",
        ["http_proxy"] = "null",
        ["default_distro_series"] = "\"noble\"",
    };

    /// <summary>Body of the last answer.</summary>
    public string LastBody { get; private set; } = "";

    public bool IsImporting { get; set; }

    /// <summary>Number of further is_importing answers after which an import ends.</summary>
    public int ImportAnswers { get; set; } = 2;

    /// <summary>Answers before everything else, when it gives one.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>What goes wrong with the chunk of that number, at that try of it (both from 0).</summary>
    public Func<int, int, ChunkFault> ChunkFaults { get; set; } = (_, _) => ChunkFault.None;

    /// <summary>Hold uploaded bytes for comparison; off for very large ones.</summary>
    public bool KeepContent { get; set; } = true;

    public string ApiHash { get; set; } = Describe.Hash;

    public static async Task<FakeMaas> StartAsync(MaasEra era = MaasEra.V38, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AllowSynchronousIO = true;
            k.Limits.MaxRequestBodySize = null;
            k.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null)
                    listen.UseHttps(certificate);
            });
        });
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var fake = new FakeMaas(app, era);
        app.Run(fake.AnswerAsync);
        await app.StartAsync();
        fake.Origin = app.Urls.First();
        fake.Seed();
        return fake;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Forgets the requests so far.</summary>
    public void Clear() => Requests.Clear();

    private void Seed()
    {
        var source = new FakeSource
        {
            Id = 1,
            Url = "http://images.example.com/ephemeral-v3/stable/",
            Name = "Stable stream",
            KeyringFilename = "/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg",
        };
        source.Selections.Add(new FakeSelection { Id = 7, Os = "ubuntu", Release = "noble", Arches = ["amd64"], Subarches = ["*"], Labels = ["*"] });
        Sources.Add(source);
        var noble = new FakeResource
        {
            Id = 5, Type = "Synced", Name = "ubuntu/noble", Architecture = "amd64/ga-24.04", Subarches = "generic,hwe-p,ga-24.04",
        };
        var set = new FakeSet { Version = "20260115", Label = "stable" };
        set.Files.Add(new FakeFile
        {
            Id = 1, Filename = "boot-kernel", Filetype = "boot-kernel", Size = 14952832, Received = 14952832, Complete = true,
            Sha256 = "02e95dbd8dbb48b53d0d4f31856349870cf5437909ea1ed094b097e3d2e40b64",
        });
        noble.Sets.Add(set);
        Resources.Add(noble);
    }

    private int NextId() => Interlocked.Increment(ref _ids);
}
