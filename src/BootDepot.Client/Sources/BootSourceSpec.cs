using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>A boot source to add. One of the keyrings is needed, unless the stream is unsigned.</summary>
public sealed record BootSourceSpec
{
    /// <summary>Largest keyring that is read from a stream, in bytes.</summary>
    public const int MaxKeyringBytes = 4 * 1024 * 1024;

    /// <summary>Address of the stream, for example <c>http://images.maas.io/ephemeral-v3/stable/</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Path of a keyring on the server.</summary>
    public string? KeyringFilename { get; init; }

    /// <summary>The keyring itself; it is sent as a file part, the only form that every server understands.</summary>
    public ReadOnlyMemory<byte> KeyringData { get; init; }

    /// <summary>The keyring itself, from a stream that is read to its end and left open. Counts when <see cref="KeyringData"/> is empty.</summary>
    public Stream? KeyringStream { get; init; }

    /// <summary>Name for people; the server's default is the address. MAAS 3.8 and BootDepot.</summary>
    public string? Name { get; init; }

    /// <summary>Of several sources with the same image the one with the greater number wins; the server's default is above all others. MAAS 3.8 and BootDepot.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether it is imported from; the server's default is true. MAAS 3.8 and BootDepot.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether signatures are not checked; the server's default is true for <c>.json</c> addresses. MAAS 3.8 and BootDepot.</summary>
    public bool? SkipKeyringVerification { get; init; }

    internal async Task<ReadOnlyMemory<byte>> ReadKeyringAsync(CancellationToken ct)
    {
        if (!KeyringData.IsEmpty || KeyringStream is null)
            return KeyringData;
        using var copy = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await KeyringStream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (copy.Length + read > MaxKeyringBytes)
                throw new InvalidDataException($"The keyring is longer than {MaxKeyringBytes} bytes; that is no keyring.");
            await copy.WriteAsync(buffer.AsMemory(0, read), ct).ConfigureAwait(false);
        }

        return copy.ToArray();
    }
}
