using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Racks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Region.Racks;

/// <summary>
/// When racks were last heard of. Exact in memory; in the catalogue to the minute, so that a rack that merely waits costs no
/// write each time.
/// </summary>
internal sealed class RackPresence(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>A rack that was not heard of for so long has lost contact: twice the longest wait of its poll, and some.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Granularity = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<int, Contact> _contacts = new();

    /// <summary>Notes that a rack was heard of.</summary>
    public async Task SeenAsync(int rackId, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var contact = _contacts.GetOrAdd(rackId, _ => new Contact());
        contact.Last = now;
        if (now - contact.Kept < Granularity)
            return;
        contact.Kept = now;
        await catalog.NoteAsync(
            (db, token) => db.Racks.Where(r => r.Id == rackId).ExecuteUpdateAsync(r => r.SetProperty(x => x.LastContact, now), token),
            cancel);
    }

    /// <summary>A rack's connection ended, or a new one began to wait.</summary>
    public void Waits(int rackId, bool begins) => _contacts.GetOrAdd(rackId, _ => new Contact()).Wait(begins, time.GetUtcNow());

    /// <summary>When it was last heard of; null when it never was.</summary>
    public DateTimeOffset? LastContact(RackController rack) =>
        _contacts.TryGetValue(rack.Id, out var contact) && contact.Last > (rack.LastContact ?? DateTimeOffset.MinValue)
            ? contact.Last
            : rack.LastContact;

    /// <summary>Whether it can be reached, as far as can be known.</summary>
    public bool IsConnected(RackController rack)
    {
        if (_contacts.TryGetValue(rack.Id, out var contact) && contact.IsWaiting)
            return true;
        // Of a rack that asks another region, or that asked before a restart, only the catalogue's coarse time is known.
        var isCoarse = contact is null || rack.LastContact - contact.Last > TimeSpan.FromSeconds(1);
        var patience = isCoarse ? Patience + Granularity : Patience;
        return LastContact(rack) is { } last && time.GetUtcNow() - last < patience;
    }

    private sealed class Contact
    {
        private int _waiting;
        private long _last;

        public DateTimeOffset Last
        {
            get => new(Interlocked.Read(ref _last), TimeSpan.Zero);
            set => Interlocked.Exchange(ref _last, value.UtcTicks);
        }

        public DateTimeOffset Kept { get; set; }

        public bool IsWaiting => Volatile.Read(ref _waiting) > 0;

        public void Wait(bool begins, DateTimeOffset now)
        {
            Last = now;
            Interlocked.Add(ref _waiting, begins ? 1 : -1);
        }
    }
}
