using System;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Testing;

namespace BootDepot.Catalog.Tests;

/// <summary>
/// What holds for the catalogue on every database. The derived class of each database says how a new one is made; the parts
/// of the contract are in the files <c>CatalogContract.*.cs</c>.
/// </summary>
public abstract partial class CatalogContract : IAsyncLifetime
{
    private CatalogFixture? _fixture;

    protected CatalogDatabase Catalog => Fixture.Database;

    protected ManualClock Clock { get; } = new();

    protected CatalogFixture Fixture => _fixture ?? throw new InvalidOperationException("The test has not begun.");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _fixture = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null)
            await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A new, empty, ready catalogue.</summary>
    protected abstract Task<CatalogFixture> CreateAsync();

    /// <summary>Adds rows in one change.</summary>
    protected Task AddAsync(params object[] rows) =>
        Catalog.ChangeAsync(
            (context, _) =>
            {
                context.AddRange(rows);
                return Task.CompletedTask;
            },
            Token);

    /// <summary>Runs a query in a context of its own.</summary>
    protected async Task<T> ReadAsync<T>(Func<CatalogContext, Task<T>> read)
    {
        await using var context = await Catalog.CreateDbContextAsync(Token);
        return await read(context);
    }
}
