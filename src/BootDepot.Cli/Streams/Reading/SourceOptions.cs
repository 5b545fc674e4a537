using System.CommandLine;

namespace BootDepot.Cli.Streams.Reading;

/// <summary>The words by which each tool is told which stream to read, and whom to trust for it.</summary>
internal sealed class SourceOptions
{
    public Argument<string> Source { get; } = new("SOURCE")
    {
        Description = "A stream: its base URL, the URL of an index (…/streams/v1/NAME.sjson), or a folder.",
    };

    public Option<string?> Keyring { get; } = new("--keyring") { Description = "Keyring file; every document must be signed by one of its keys.", HelpName = "FILE" };

    public Option<bool> NoVerify { get; } = new("--no-verify") { Description = "Read the documents without looking at signatures." };

    public Option<string?> Proxy { get; } = new("--proxy") { Description = "HTTP proxy. Default: $https_proxy or $http_proxy.", HelpName = "URL" };

    public Option<string[]> Ca { get; } = new("--ca") { Description = "PEM file with certificate authorities to trust besides the system's.", HelpName = "FILE", DefaultValueFactory = _ => [] };

    public void AddTo(Command command)
    {
        command.Add(Source);
        command.Add(Keyring);
        command.Add(NoVerify);
        command.Add(Proxy);
        command.Add(Ca);
    }

    public SourceChoice Choice(ParseResult parsed) => new(
        parsed.GetValue(Source)!, parsed.GetValue(Keyring), parsed.GetValue(NoVerify), parsed.GetValue(Proxy), parsed.GetValue(Ca)!);
}

/// <summary>Which stream to read, and whom to trust for it.</summary>
internal sealed record SourceChoice(string Source, string? Keyring, bool NoVerify, string? Proxy, string[] CaFiles);
