using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Images.Planning;

namespace BootDepot.Region.Imports.Progress;

/// <summary>Where a run writes what it does, and others read it.</summary>
internal sealed class ProgressBoard(ImportProgress start)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, int> _rows = [];
    private readonly List<FileProgress> _files = [];
    private readonly List<Problem> _problems = [];
    private ImportProgress _now = start;
    private long _fetched;

    /// <summary>The run as it stands.</summary>
    public ImportProgress Read()
    {
        lock (_gate)
        {
            return _now with
            {
                FetchedBytes = Interlocked.Read(ref _fetched),
                ReceivedBytes = _files.Sum(f => f.Received),
                Files = [.. _files],
                Problems = [.. _problems],
            };
        }
    }

    /// <summary>Problems so far.</summary>
    public IReadOnlyList<Problem> Problems
    {
        get
        {
            lock (_gate)
                return [.. _problems];
        }
    }

    /// <summary>Bytes that came over the network.</summary>
    public long FetchedBytes => Interlocked.Read(ref _fetched);

    /// <summary>Bytes planned, over all rounds.</summary>
    public long PlannedBytes
    {
        get
        {
            lock (_gate)
                return _now.PlannedBytes;
        }
    }

    public void Enter(ImportPhase phase)
    {
        lock (_gate)
            _now = _now with { Phase = phase };
    }

    public void End(ImportState state, DateTimeOffset at)
    {
        lock (_gate)
            _now = _now with { Phase = ImportPhase.Ended, State = state, EndedAt = at };
    }

    /// <summary>Starts a look at the sources: what was wrong before is judged anew.</summary>
    public void ClearProblems()
    {
        lock (_gate)
            _problems.Clear();
    }

    public void Add(IEnumerable<Problem> problems)
    {
        lock (_gate)
            _problems.AddRange(problems);
    }

    /// <summary>Shows the files of a plan, with what former runs left of them.</summary>
    public void Show(ImportPlan plan, IReadOnlyDictionary<Digest, long> received)
    {
        var names = new Dictionary<Digest, (string Filename, string Image)>();
        foreach (var set in plan.Fetch)
        {
            foreach (var file in set.Image.Files)
                names.TryAdd(file.Digest, (file.Filename, $"{set.Image.Key} {set.Image.Version}"));
        }

        lock (_gate)
        {
            foreach (var blob in plan.Blobs)
            {
                var (filename, image) = names[blob.Digest];
                var row = new FileProgress(
                    blob.Digest.Hex, filename, image, blob.Size, received.GetValueOrDefault(blob.Digest), FileState.Queued, null, null);
                if (_rows.TryGetValue(blob.Digest, out var index))
                {
                    _files[index] = row;
                    continue;
                }

                _rows.Add(blob.Digest, _files.Count);
                _files.Add(row);
                _now = _now with { PlannedBytes = _now.PlannedBytes + blob.Size };
            }

            _now = _now with { PlannedSets = _now.PublishedSets + plan.Fetch.Count };
        }
    }

    public void Published(int sets)
    {
        lock (_gate)
            _now = _now with { PublishedSets = _now.PublishedSets + sets };
    }

    public void CountFetched(long bytes) => Interlocked.Add(ref _fetched, bytes);

    public void Fetching(Digest digest, long received) =>
        Change(digest, row => row with { State = FileState.Fetching, Received = received, Fault = null, RetryAt = null });

    public void Waiting(Digest digest, Fault fault, DateTimeOffset retryAt) =>
        Change(digest, row => row with { State = FileState.Waiting, Fault = fault, RetryAt = retryAt });

    public void Stored(Digest digest) =>
        Change(digest, row => row with { State = FileState.Stored, Received = row.Size, Fault = null, RetryAt = null });

    public void Failed(Digest digest, Fault fault) =>
        Change(digest, row => row with { State = FileState.Failed, Fault = fault, RetryAt = null });

    private void Change(Digest digest, Func<FileProgress, FileProgress> change)
    {
        lock (_gate)
        {
            if (_rows.TryGetValue(digest, out var index))
                _files[index] = change(_files[index]);
        }
    }
}
