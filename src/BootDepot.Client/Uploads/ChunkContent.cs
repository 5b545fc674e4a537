using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Client;

/// <summary>One chunk as a request body of known length, written in pieces so that a stall and the progress can be seen within it.</summary>
internal sealed class ChunkContent : HttpContent
{
    // Large enough for the cost per write not to matter, small enough to see progress on a slow link.
    private const int Piece = 256 * 1024;

    private readonly ReadOnlyMemory<byte> _chunk;
    private readonly Action<int> _sent;

    public ChunkContent(ReadOnlyMemory<byte> chunk, Action<int> sent)
    {
        _chunk = chunk;
        _sent = sent;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _chunk.Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var at = 0; at < _chunk.Length; at += Piece)
        {
            var piece = _chunk.Slice(at, Math.Min(Piece, _chunk.Length - at));
            stream.Write(piece.Span);
            _sent(at + piece.Length);
        }
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var at = 0; at < _chunk.Length; at += Piece)
        {
            var piece = _chunk.Slice(at, Math.Min(Piece, _chunk.Length - at));
            await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            _sent(at + piece.Length);
        }
    }
}
