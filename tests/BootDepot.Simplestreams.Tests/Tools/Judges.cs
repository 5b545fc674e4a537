using System;

namespace BootDepot.Simplestreams.Tests.Tools;

/// <summary>Asks other implementations for their verdict.</summary>
internal static class Judges
{
    public static bool GpgvAccepts(byte[] keyring, byte[] message)
    {
        using var folder = new TemporaryFolder();
        return Tool.Run("gpgv", [], "--keyring", folder.Write("k.gpg", keyring), folder.Write("m", message)).ExitCode == 0;
    }

    /// <summary>The text that gpgv takes out of a clear-signed message; null when it refuses.</summary>
    public static byte[]? GpgvTextOrNull(byte[] keyring, byte[] message)
    {
        using var folder = new TemporaryFolder();
        var result = Tool.Run("gpgv", [], "--keyring", folder.Write("k.gpg", keyring), "-o", "-", folder.Write("m", message));
        return result.ExitCode == 0 ? result.Output : null;
    }

    public static bool GpgvAccepts(byte[] keyring, byte[] signature, byte[] data)
    {
        using var folder = new TemporaryFolder();
        return Tool.Run("gpgv", [], "--keyring", folder.Write("k.gpg", keyring), folder.Write("s", signature), folder.Write("d", data)).ExitCode == 0;
    }

    public static bool SqvAccepts(byte[] keyring, byte[] signature, byte[] data)
    {
        using var folder = new TemporaryFolder();
        return Tool.Run("sqv", [], "--keyring", folder.Write("k.gpg", keyring), folder.Write("s", signature), folder.Write("d", data)).ExitCode == 0;
    }

    public static bool GpgAccepts(byte[] keyring, params byte[][] contents)
    {
        using var gpg = new GnuPg();
        gpg.Import(keyring);
        using var folder = new TemporaryFolder();
        return gpg.Verifies(Array.ConvertAll(contents, c => folder.Write(Guid.NewGuid().ToString("n"), c)));
    }
}
