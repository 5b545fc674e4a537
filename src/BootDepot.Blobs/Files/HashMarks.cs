using System;
using System.Collections.Generic;
using System.Security.Cryptography;

namespace BootDepot.Blobs.Files;

/// <summary>
/// States of a running hash at the last few offsets, so that a writer that drops a chunk need not read all before it again: for
/// a file of 20 GiB that would take longer than clients wait.
/// </summary>
internal sealed class HashMarks : IDisposable
{
    /// <summary>Bytes between two states: MAAS's chunk, so that a chunk that failed is dropped without reading anything.</summary>
    private const long Distance = 4L << 20;

    /// <summary>How many are remembered; a state has some hundred bytes.</summary>
    private const int Most = 32;

    private readonly List<(long Offset, IncrementalHash Hash)> _states = [];

    /// <summary>Remembers the state at an offset, if the last one remembered is far enough behind.</summary>
    public void Note(long offset, IncrementalHash hash)
    {
        if (offset - (_states.Count == 0 ? 0 : _states[^1].Offset) < Distance)
            return;
        if (_states.Count == Most)
        {
            _states[0].Hash.Dispose();
            _states.RemoveAt(0);
        }

        _states.Add((offset, hash.Clone()));
    }

    /// <summary>The state that is nearest before an offset, or at it; null when there is none. Forgets what is behind the offset.</summary>
    /// <param name="offset">Where the file ends now.</param>
    /// <param name="hashed">Where the state is; 0 when there is none.</param>
    public IncrementalHash? TakeOrNull(long offset, out long hashed)
    {
        while (_states is [.., var last] && last.Offset > offset)
        {
            last.Hash.Dispose();
            _states.RemoveAt(_states.Count - 1);
        }

        hashed = _states is [.., var nearest] ? nearest.Offset : 0;
        return hashed == 0 ? null : _states[^1].Hash.Clone();
    }

    /// <inheritdoc />
    public void Dispose() => _states.ForEach(s => s.Hash.Dispose());
}
