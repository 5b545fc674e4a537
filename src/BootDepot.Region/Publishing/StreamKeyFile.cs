using System;
using System.IO;
using BootDepot.Simplestreams.Signatures;

namespace BootDepot.Region.Publishing;

/// <summary>The file that holds the key which signs a stream: made when it is missing, readable by its owner only.</summary>
internal static class StreamKeyFile
{
    /// <summary>User id of keys that are made here: what <c>gpg --list-keys</c> shows.</summary>
    public const string UserId = "BootDepot stream signing key";

    /// <summary>Loads the key; makes one of that kind first when there is no file.</summary>
    /// <exception cref="BootDepot.Simplestreams.StreamException">The file is not a signing key.</exception>
    public static SigningKey LoadOrCreate(string file, SigningKeyKind kind, DateTimeOffset now)
    {
        if (!File.Exists(file))
            Create(file, kind, now);
        return SigningKey.Load(ReadSmall(file));
    }

    private static void Create(string file, SigningKeyKind kind, DateTimeOffset now)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using var key = SigningKey.Create(kind, UserId, now);
        var temporary = $"{file}.{Guid.NewGuid():N}";
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            stream.Write(key.ExportSecretKey());
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, file, overwrite: false); // whoever was first wins: both then load the same key
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(temporary);
        }
    }

    private static byte[] ReadSmall(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[int.CreateChecked(long.Min(stream.Length, 1024 * 1024))];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
