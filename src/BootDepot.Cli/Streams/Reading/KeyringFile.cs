using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Simplestreams;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Cli.Streams.Reading;

/// <summary>A keyring that somebody named on the command line.</summary>
internal static class KeyringFile
{
    /// <summary>Its bytes, if it is no larger than a keyring may be.</summary>
    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancel)
    {
        await using var stream = File.OpenRead(file);
        if (stream.Length > Keyring.MaxBytes)
            throw new StreamException(StreamErrors.KeyringMalformed, $"The keyring {file} has {stream.Length} bytes, more than the {Keyring.MaxBytes} that are read.");
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }
}
