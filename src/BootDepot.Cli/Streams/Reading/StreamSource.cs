using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Cli.Output;
using BootDepot.Cli.Streams.Serving;
using BootDepot.Images;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Transfers;
using BootDepot.Transfers.Documents;
using BootDepot.Transfers.Http;

namespace BootDepot.Cli.Streams.Reading;

/// <summary>
/// A stream that a tool reads. A folder is served to ourselves over the loopback, so that there is one way of reading and
/// one set of rules.
/// </summary>
internal sealed class StreamSource : IAsyncDisposable
{
    private readonly StreamFileServer? _server;
    private readonly Keyring? _keyring;
    private readonly SignedDocumentFetcher _documents;

    private StreamSource(StreamFileServer? server, StreamLocation location, Keyring? keyring, HttpSender http, TimeProvider time)
    {
        _server = server;
        _keyring = keyring;
        Location = location;
        Http = http;
        _documents = new SignedDocumentFetcher(new DocumentFetcher(http, Settings), time);
    }

    public StreamLocation Location { get; }

    public HttpSender Http { get; }

    public TransferSettings Settings { get; } = new();

    /// <summary>Opens a stream; nothing is read yet.</summary>
    /// <exception cref="CommandFailure">The choice cannot work.</exception>
    public static async Task<StreamSource> OpenAsync(CommandHost host, SourceChoice choice, CancellationToken cancel)
    {
        if (choice.Keyring is null == !choice.NoVerify)
        {
            throw new CommandFailure(new Fault(
                "keyring-missing",
                "Say whom to trust: --keyring FILE with the publisher's key (for Ubuntu's images: /usr/share/keyrings/ubuntu-cloudimage-keyring.gpg), or --no-verify, and not both."));
        }

        var keyring = choice.Keyring is { } file ? Keyring.Parse(await KeyringFile.ReadAsync(host.FullPath(file), cancel)) : null;
        var http = Network(host, choice);
        var folder = host.FullPath(choice.Source);
        var server = Directory.Exists(folder) ? await StreamFileServer.StartAsync(folder, "http://127.0.0.1:0", cancel) : null;
        try
        {
            var location = StreamLocation.Parse(server?.Url.AbsoluteUri ?? choice.Source);
            return new StreamSource(server, location, keyring, new HttpSender(http, host.Time), host.Time);
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the index and every products document that it names.</summary>
    /// <exception cref="CommandFailure">A document could not be had, or may not be used.</exception>
    public async Task<ReadStream> ReadAsync(CancellationToken cancel)
    {
        var index = await FetchAsync(Location.IndexPath, cancel);
        var parsed = DocumentReader.ReadIndex(index.Text.Span);
        var documents = new List<ReadDocument>();
        foreach (var entry in parsed.Entries.Values.Where(e => e.Format == ProductDocument.FormatName))
        {
            var path = entry.GetPath();
            var fetched = await FetchAsync(path, cancel);
            documents.Add(new ReadDocument(path, fetched, DocumentReader.ReadProducts(fetched.Text.Span, expectedContentId: entry.ContentId)));
        }

        return new ReadStream(index, documents);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task<SignedDocumentAnswer.Fetched> FetchAsync(StreamPath path, CancellationToken cancel) =>
        await _documents.FetchAsync(Location, path, null, _keyring, null, cancel) switch
        {
            SignedDocumentAnswer.Fetched fetched => fetched,
            SignedDocumentAnswer.Failed failed => throw new CommandFailure(failed.Fault),
            _ => throw new CommandFailure(new Fault("document-unasked-304", $"{path} was answered with 304 although no condition was sent. Check the proxy between.")),
        };

    private static HttpSettings Network(CommandHost host, SourceChoice choice)
    {
        var settings = new HttpSettings
        {
            Proxy = choice.Proxy ?? Variable(host, "https_proxy") ?? Variable(host, "http_proxy"),
            NoProxy =
            [
                "localhost", "127.0.0.0/8", "::1/128",
                .. (Variable(host, "no_proxy") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            ],
            CaFiles = [.. choice.CaFiles.Select(host.FullPath)],
        };
        return settings.Problems() is { Count: > 0 } problems
            ? throw new CommandFailure(new Fault(problems[0].Code, string.Join("\n  ", problems.Select(p => p.Message))))
            : settings;
    }

    private static string? Variable(CommandHost host, string name) =>
        host.Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}

/// <summary>A stream as read.</summary>
internal sealed record ReadStream(SignedDocumentAnswer.Fetched Index, IReadOnlyList<ReadDocument> Documents);

/// <summary>A products document as read.</summary>
internal sealed record ReadDocument(StreamPath Path, SignedDocumentAnswer.Fetched Fetched, ProductDocument Products);
