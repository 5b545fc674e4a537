using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BootDepot.Catalog;

/// <summary>How many rows of each table were copied.</summary>
public sealed record CopiedTable(string Table, long Rows);

/// <summary>Copies a whole catalogue into an empty one, on whatever database, and compares the two afterwards.</summary>
public static class CatalogCopy
{
    private const int Batch = 1000;

    /// <summary>
    /// Copies every row of every table, keys included, in one change: the target has all of it or nothing. Both must be ready. Nothing may
    /// change the source meanwhile: stop the regions first.
    /// </summary>
    /// <exception cref="CatalogException"><c>catalog-not-empty</c>: the target has rows. <c>catalog-copy-differs</c>: it is not what the source is; nothing is kept.</exception>
    public static Task<IReadOnlyList<CopiedTable>> CopyAsync(CatalogDatabase from, CatalogDatabase to, CancellationToken cancellationToken) =>
        from.SnapshotAsync(
            (source, token) => to.ChangeAsync(
                async (target, inner) =>
                {
                    target.ChangeTracker.AutoDetectChangesEnabled = false;
                    var copied = new List<CopiedTable>();
                    foreach (var entity in InOrder(source.Model))
                        copied.Add(await CopyTableAsync(source, target, entity, inner));
                    await to.AfterCopyAsync(target, inner);
                    foreach (var entity in InOrder(source.Model))
                    {
                        if (await DigestAsync(source, entity, inner) != await DigestAsync(target, entity, inner))
                            throw new CatalogException(new Fault("catalog-copy-differs", $"The table {entity.GetTableName()} is not the same in the copy; nothing was kept. Was a region still running?"));
                    }

                    return (IReadOnlyList<CopiedTable>)copied;
                },
                token),
            cancellationToken);

    // Tables that others refer to come first.
    private static List<IEntityType> InOrder(IModel model)
    {
        var left = model.GetEntityTypes().OrderBy(e => e.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<IEntityType>();
        while (left.Count > 0)
        {
            var next = left.First(e => e.GetForeignKeys().All(f => f.PrincipalEntityType == e || ordered.Contains(f.PrincipalEntityType)));
            ordered.Add(next);
            left.Remove(next);
        }

        return ordered;
    }

    private static Task<CopiedTable> CopyTableAsync(CatalogContext source, CatalogContext target, IEntityType entity, CancellationToken cancel) =>
        (Task<CopiedTable>)typeof(CatalogCopy).GetMethod(nameof(CopyRowsAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(entity.ClrType).Invoke(null, [source, target, entity, cancel])!;

    private static async Task<CopiedTable> CopyRowsAsync<T>(CatalogContext source, CatalogContext target, IEntityType entity, CancellationToken cancel)
        where T : class
    {
        var table = entity.GetTableName()!;
        if (await target.Set<T>().AnyAsync(cancel))
            throw new CatalogException(new Fault("catalog-not-empty", $"The target has rows already (in {table}). Move into an empty database."));
        var rows = 0L;
        await foreach (var row in Rows<T>(source, entity).WithCancellation(cancel))
        {
            target.Add(row);
            if (++rows % Batch == 0)
                await SaveAsync(target, cancel);
        }

        await SaveAsync(target, cancel);
        return new CopiedTable(table, rows);
    }

    private static async Task SaveAsync(CatalogContext target, CancellationToken cancel)
    {
        await target.SaveChangesAsync(cancel);
        target.ChangeTracker.Clear();
    }

    private static IAsyncEnumerable<T> Rows<T>(CatalogContext context, IEntityType entity)
        where T : class
    {
        var key = entity.FindPrimaryKey()!.Properties;
        var query = context.Set<T>().AsNoTracking().OrderBy(r => EF.Property<object>(r, key[0].Name));
        return key.Skip(1).Aggregate(query, (q, p) => q.ThenBy(r => EF.Property<object>(r, p.Name))).AsAsyncEnumerable();
    }

    private static Task<string> DigestAsync(CatalogContext context, IEntityType entity, CancellationToken cancel) =>
        (Task<string>)typeof(CatalogCopy).GetMethod(nameof(DigestRowsAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(entity.ClrType).Invoke(null, [context, entity, cancel])!;

    private static async Task<string> DigestRowsAsync<T>(CatalogContext context, IEntityType entity, CancellationToken cancel)
        where T : class
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var properties = entity.GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        await foreach (var row in Rows<T>(context, entity).WithCancellation(cancel))
        {
            foreach (var property in properties)
                hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(property.GetGetter().GetClrValue(row)) + "\n"));
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }
}
