using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;

namespace BootDepot.Catalog.Events;

/// <summary>The record of every change. An entry is saved by the transaction that makes the change, or not at all.</summary>
public static class AuditTrail
{
    /// <summary>Most entries that one page can have.</summary>
    public const int MaxPage = 1000;

    /// <summary>Adds an entry to what the context saves next.</summary>
    /// <param name="context">The context that makes the change.</param>
    /// <param name="time">The clock.</param>
    /// <param name="actor">Who.</param>
    /// <param name="action">What happened: <c>boot-source.create</c>.</param>
    /// <param name="subject">The object: <c>boot-source/4</c>.</param>
    /// <param name="before">Its state before, without secrets; null for a creation.</param>
    /// <param name="after">Its state after, without secrets; null for a deletion.</param>
    public static void Append(
        CatalogContext context,
        TimeProvider time,
        Actor actor,
        string action,
        string subject,
        JsonNode? before,
        JsonNode? after) =>
        context.Events.Add(new AuditEvent
        {
            At = time.GetUtcNow(),
            Actor = actor.Name,
            Origin = actor.Origin,
            Action = action,
            Subject = subject,
            Before = before?.ToJsonString(),
            After = after?.ToJsonString(),
        });

    /// <summary>A page of the trail, newest first.</summary>
    /// <param name="context">Any context.</param>
    /// <param name="subject">Only what happened to this object; null for all.</param>
    /// <param name="olderThan">Id of the last entry of the page before; null for the first page.</param>
    /// <param name="limit">How many, at most <see cref="MaxPage"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IReadOnlyList<AuditEvent>> ListAsync(
        CatalogContext context,
        string? subject,
        long? olderThan,
        int limit,
        CancellationToken cancellationToken)
    {
        var events = context.Events.AsNoTracking();
        if (subject is not null)
            events = events.Where(e => e.Subject == subject);
        if (olderThan is not null)
            events = events.Where(e => e.Id < olderThan);
        return await events.OrderByDescending(e => e.Id).Take(Math.Clamp(limit, 1, MaxPage)).ToListAsync(cancellationToken);
    }

    /// <summary>A page of the trail, oldest first.</summary>
    /// <param name="context">Any context.</param>
    /// <param name="after">Id of the last entry of the page before; 0 for the first page.</param>
    /// <param name="limit">How many, at most <see cref="MaxPage"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IReadOnlyList<AuditEvent>> ListAfterAsync(CatalogContext context, long after, int limit, CancellationToken cancellationToken) =>
        await context.Events.AsNoTracking().Where(e => e.Id > after).OrderBy(e => e.Id).Take(Math.Clamp(limit, 1, MaxPage)).ToListAsync(cancellationToken);

    /// <summary>Forgets what happened before a moment. Returns how many entries went.</summary>
    public static Task<int> ForgetAsync(CatalogContext context, DateTimeOffset before, CancellationToken cancellationToken) =>
        context.Events.Where(e => e.At < before).ExecuteDeleteAsync(cancellationToken);
}
