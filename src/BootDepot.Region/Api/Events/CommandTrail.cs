using System;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog;
using BootDepot.Catalog.Events;

namespace BootDepot.Region.Api.Events;

/// <summary>
/// Writes into the audit trail that somebody had the region do something. What changes the catalogue is written by the transaction that
/// changes it; this is for the rest: imports, scrubs, racks told to fetch.
/// </summary>
internal sealed class CommandTrail(CatalogDatabase catalog, TimeProvider time)
{
    /// <summary>Writes it.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="action">What: <c>import.start</c>.</param>
    /// <param name="subject">On what: the path below the API's root.</param>
    /// <param name="details">How; null when there is nothing to say.</param>
    /// <param name="cancel">Stops the work.</param>
    public Task NoteAsync(Actor actor, string action, string subject, JsonNode? details, CancellationToken cancel) => catalog.ChangeAsync(
        (db, _) =>
        {
            AuditTrail.Append(db, time, actor, action, subject, null, details);
            return Task.CompletedTask;
        },
        cancel);
}
