using System;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using BootDepot.Blobs.Hashing;
using Microsoft.Win32.SafeHandles;

namespace BootDepot.Blobs.Files;

/// <summary>
/// A state of the running hash, kept with the partial in an extended attribute of its file, so that a process that goes on after
/// <c>kill -9</c> reads the last mebibytes again and not all that came before. It counts only until the machine starts anew:
/// the kernel keeps every byte that a killed process handed to it, but a power cut may take bytes that the state stands for
/// (docs/decisions/0016-hash-checkpoints.md). Where the file system has no such attributes, everything is read again.
/// </summary>
internal sealed class HashCheckpoint(SafeFileHandle file, string path)
{
    /// <summary>Bytes between two states; what a killed process costs its successor at most, besides the piece in hand.</summary>
    public const long Distance = 64L << 20;

    private const string Attribute = "user.bootdepot.sha256";

    // Changes with every start of the machine (random(4), /proc/sys/kernel/random/boot_id): 36 characters.
    private static readonly byte[] Boot = ReadBoot();

    private long _at;
    private bool _isOff = Boot.Length == 0;

    /// <summary>The state that was kept, if it is of this boot and within that many bytes; else the beginning, and it is forgotten.</summary>
    public ResumableSha256 Load(long length)
    {
        var hash = new ResumableSha256();
        if (_isOff)
            return hash;
        Span<byte> value = stackalloc byte[256];
        var size = Linux.ReadAttribute(file, Attribute, value);
        if (size <= 0)
            return hash;
        if (size == ResumableSha256.StateSize + Boot.Length
            && value[ResumableSha256.StateSize..size].SequenceEqual(Boot)
            && hash.TryLoad(value[..ResumableSha256.StateSize]) && hash.Length <= length)
        {
            _at = hash.Length;
            return hash;
        }

        Linux.RemoveAttribute(file, Attribute, path);
        return new ResumableSha256();
    }

    /// <summary>Whether it is time to keep a state of that many bytes.</summary>
    public bool IsDue(long length) => !_isOff && length - _at >= Distance;

    /// <summary>Keeps a state. All bytes it stands for must have been handed to the kernel.</summary>
    public async Task SaveAsync(byte[] state, long at)
    {
        byte[] value = [.. state, .. Boot];
        // A full disk or a file system without attributes: then it goes without, and what was kept before still holds.
        _isOff = !await DiskThreads.RunAsync(() => Linux.TryWriteAttribute(file, Attribute, value));
        if (!_isOff)
            _at = at;
    }

    /// <summary>To be called before bytes from that offset on are dropped: a state of them must not outlive them.</summary>
    public void Forget(long offset)
    {
        if (_at <= offset)
            return;
        Linux.RemoveAttribute(file, Attribute, path);
        _at = 0;
    }

    private static byte[] ReadBoot()
    {
        try
        {
            return Encoding.ASCII.GetBytes(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (IOException)
        {
            return []; // no /proc here
        }
    }
}
