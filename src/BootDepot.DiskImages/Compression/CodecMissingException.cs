using System;
using BootDepot.Images;

namespace BootDepot.DiskImages.Compression;

/// <summary>A compression's system library is not installed.</summary>
public sealed class CodecMissingException(string library, string package, Exception cause)
    : Exception($"The library {library} is not installed; it is needed for this compression. On Debian and Ubuntu: apt-get install {package}", cause)
{
    /// <summary>The same for a person.</summary>
    public Fault Fault => new(FaultCodes.CodecMissing, Message);
}
