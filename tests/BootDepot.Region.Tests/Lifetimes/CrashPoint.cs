using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Data.Common;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Blobs;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BootDepot.Region.Tests.Lifetimes;

/// <summary>
/// Where a process ends without notice: before or after one of the things that it does to its catalogue or its blobs, or in the
/// middle of a write. From then on nothing that the process does comes to pass; what it did before stays.
/// </summary>
internal sealed class CrashPoint
{
    private int _left;

    /// <summary>Whether the process is dead.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>Lets it end at that many things from now; null: not at all.</summary>
    public void Arm(int? things) => Volatile.Write(ref _left, things ?? 0);

    /// <summary>One thing more.</summary>
    public void Pass()
    {
        if (!HasCrashed && (Volatile.Read(ref _left) <= 0 || Interlocked.Decrement(ref _left) != 0))
            return;
        HasCrashed = true;
        throw new CrashException();
    }
}

/// <summary>The process has ended; for the code that it is thrown in the database's failure, as good as any.</summary>
internal sealed class CrashException() : DbException("The process was killed.");

/// <summary>Ends the process at commands and commits of its catalogue.</summary>
internal sealed class CrashingCatalog : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private static readonly string[] Events =
        [RelationalEventId.CommandExecuting.Name!, RelationalEventId.TransactionCommitting.Name!, RelationalEventId.TransactionCommitted.Name!];

    private readonly string _file;
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    public CrashingCatalog(string file)
    {
        _file = file;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>The process at work.</summary>
    public CrashPoint? Point { get; set; }

    /// <inheritdoc />
    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore")
            _subscriptions.Add(value.Subscribe(this, name => Array.IndexOf(Events, name) >= 0));
    }

    /// <inheritdoc />
    public void OnNext(KeyValuePair<string, object?> value)
    {
        // Other tests have databases of their own.
        if (Point is { } point && value.Value is DbContextEventData { Context: { } context } && context.Database.GetDbConnection().DataSource == _file)
            point.Pass();
    }

    /// <inheritdoc />
    public void OnCompleted()
    {
    }

    /// <inheritdoc />
    public void OnError(Exception error)
    {
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
    }
}

/// <summary>A blob store of a process that may end at any of its calls.</summary>
internal sealed class CrashingBlobs(IBlobStore inner, CrashPoint point) : IBlobStore
{
    public bool IsShared => inner.IsShared;

    public Task<long?> SizeOrNullAsync(Digest digest, CancellationToken cancel)
    {
        point.Pass();
        return inner.SizeOrNullAsync(digest, cancel);
    }

    public Task<Stream?> OpenOrNullAsync(Digest digest, long offset, CancellationToken cancel)
    {
        point.Pass();
        return inner.OpenOrNullAsync(digest, offset, cancel);
    }

    public async Task<IBlobWriter> WriteAsync(PartialName name, long? size, CancellationToken cancel)
    {
        point.Pass();
        return new CrashingWriter(await inner.WriteAsync(name, size, cancel), point);
    }

    public async Task DiscardPartialAsync(PartialName name, CancellationToken cancel)
    {
        point.Pass();
        await inner.DiscardPartialAsync(name, cancel);
        point.Pass();
    }

    public IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancel)
    {
        point.Pass();
        return inner.ListAsync(cancel);
    }

    public IAsyncEnumerable<PartialInfo> ListPartialsAsync(CancellationToken cancel)
    {
        point.Pass();
        return inner.ListPartialsAsync(cancel);
    }

    public async Task<bool> DeleteAsync(Digest digest, CancellationToken cancel)
    {
        point.Pass();
        var was = await inner.DeleteAsync(digest, cancel);
        point.Pass();
        return was;
    }

    public Task<BlobSpace> MeasureAsync(CancellationToken cancel)
    {
        point.Pass();
        return inner.MeasureAsync(cancel);
    }
}

internal sealed class CrashingWriter(IBlobWriter inner, CrashPoint point) : IBlobWriter
{
    public long Offset => inner.Offset;

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var half = bytes.Length / 2;
        point.Pass();
        await inner.AppendAsync(bytes[..half], cancel);
        point.Pass();
        await inner.AppendAsync(bytes[half..], cancel);
        point.Pass();
    }

    public Task FlushAsync(CancellationToken cancel)
    {
        point.Pass();
        return inner.FlushAsync(cancel);
    }

    public Task RestartAsync(CancellationToken cancel)
    {
        point.Pass();
        return inner.RestartAsync(cancel);
    }

    public Task TruncateAsync(long offset, CancellationToken cancel)
    {
        point.Pass();
        return inner.TruncateAsync(offset, cancel);
    }

    public Task<Digest> HashAsync(CancellationToken cancel)
    {
        point.Pass();
        return inner.HashAsync(cancel);
    }

    public async Task<BlobCommit> CommitAsync(Digest? expected, CancellationToken cancel)
    {
        point.Pass();
        var commit = await inner.CommitAsync(expected, cancel);
        point.Pass();
        return commit;
    }

    // The kernel closes what a dead process had open.
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
