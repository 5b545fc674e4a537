using System;
using System.Threading.Tasks;

namespace BootDepot.Region.Uploads;

/// <summary>
/// Looks once at the first piece of an upload, a mebibyte as a rule: whoever declared a file wrongly learns it then, and not after
/// gigabytes.
/// </summary>
/// <param name="look">Says why such bytes are refused; null when they may go on.</param>
internal sealed class FirstLook(Func<ReadOnlyMemory<byte>, Task<UploadRefusal?>> look)
{
    private bool _isDone;

    /// <summary>Why the upload is refused; null when it is not.</summary>
    public UploadRefusal? Refusal { get; private set; }

    /// <summary>To be asked of each piece that comes; only the first is looked at.</summary>
    public async ValueTask<bool> RefusesAsync(ReadOnlyMemory<byte> piece)
    {
        if (_isDone)
            return false;
        _isDone = true;
        Refusal = await look(piece);
        return Refusal is not null;
    }
}
