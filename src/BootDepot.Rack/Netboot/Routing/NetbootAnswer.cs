using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;

namespace BootDepot.Rack.Netboot.Routing;

/// <summary>What a request comes to: a file, a script, or nothing.</summary>
/// <param name="Kind">For the boot log: <c>loader</c>, <c>script</c>, <c>kernel</c>, <c>initrd</c>, <c>root</c>, <c>image</c>, <c>other</c>.</param>
internal abstract record NetbootAnswer(string Kind);

/// <summary>Bytes of a held file.</summary>
internal sealed record FileAnswer(string Kind, NetbootFile File) : NetbootAnswer(Kind);

/// <summary>A text made for this request.</summary>
internal sealed record TextAnswer(string Text) : NetbootAnswer("script");

/// <summary>There is no such file; the next name in a loader's list may be there.</summary>
/// <param name="Reason">Why, for whoever reads the answer.</param>
internal sealed record MissingAnswer(string Reason) : NetbootAnswer("other");

/// <summary>A file with known bytes.</summary>
internal abstract record NetbootFile(Digest Digest, long Size)
{
    /// <summary>Opens it at an offset; null when it is no longer there.</summary>
    public abstract Task<Stream?> OpenOrNullAsync(long offset, CancellationToken cancel);
}
