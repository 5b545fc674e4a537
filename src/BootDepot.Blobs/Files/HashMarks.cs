using System.Collections.Generic;
using BootDepot.Blobs.Hashing;

namespace BootDepot.Blobs.Files;

/// <summary>
/// States of a running hash at the last few offsets, so that a writer that drops a chunk need not read all before it again: for
/// a file of 20 GiB that would take longer than clients wait.
/// </summary>
internal sealed class HashMarks
{
    /// <summary>Bytes between two states: MAAS's chunk, so that a chunk that failed is dropped without reading anything.</summary>
    private const long Distance = 4L << 20;

    /// <summary>How many are remembered; a state has some hundred bytes.</summary>
    private const int Most = 32;

    private readonly List<ResumableSha256> _states = [];

    /// <summary>Remembers a state, if the last one remembered is far enough behind.</summary>
    public void Note(ResumableSha256 hash)
    {
        if (hash.Length - (_states.Count == 0 ? 0 : _states[^1].Length) < Distance)
            return;
        if (_states.Count == Most)
            _states.RemoveAt(0);
        _states.Add(hash.Copy());
    }

    /// <summary>The state that is nearest before an offset, or at it; the beginning when there is none. Forgets what is behind the offset.</summary>
    public ResumableSha256 Take(long offset)
    {
        while (_states is [.., var last] && last.Length > offset)
            _states.RemoveAt(_states.Count - 1);
        return _states is [.., var nearest] ? nearest.Copy() : new ResumableSha256();
    }
}
