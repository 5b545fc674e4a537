using System;
using System.CommandLine;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Client;

namespace BootDepot.Cli.People;

/// <summary>A command that works on a server.</summary>
internal static class ServerCommand
{
    /// <summary>Gives a command the options of a connection, and its work.</summary>
    public static Command On(
        this Command command, CommandHost host, Connection connection, Func<ParseResult, MaasClient, bool, CancellationToken, Task<int>> work)
    {
        connection.AddTo(command);
        command.SetAction((parsed, cancel) =>
            connection.RunAsync(host, parsed, (client, json, token) => work(parsed, client, json, token), cancel));
        return command;
    }
}

/// <summary>JSON of our own making, indented as the API's.</summary>
internal static class JsonOut
{
    public static void Write(CommandHost host, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        host.WriteOut(Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }
}

/// <summary>How far an image is, for people.</summary>
internal static class ImageState
{
    public static string Of(BootResource image) => image.LatestSet switch
    {
        null => "empty",
        { Complete: true } => "ready",
        { } set => FormattableString.Invariant($"{(image.Type == BootResourceType.Uploaded ? "upload incomplete" : "importing")}, {set.Progress:0} %"),
    };
}
