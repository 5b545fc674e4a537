using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace BootDepot.Catalog.Postgres;

/// <summary>
/// Repeats a command that found its connection cut, or no server, for as long as a restart of the server takes. Only commands
/// outside a transaction, and only until their first row: nothing that may have changed anything is done twice.
/// </summary>
internal sealed class PostgresRetries(ExecutionStrategyDependencies dependencies) : IExecutionStrategy
{
    /// <summary>How long is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Between two tries.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Must not be true, as EF Core would then hold whole results in memory before it gives out the first row.
    public bool RetriesOnFailure => false;

    public TResult Execute<TState, TResult>(
        TState state,
        Func<DbContext, TState, TResult> operation,
        Func<DbContext, TState, ExecutionResult<TResult>>? verifySucceeded) =>
        operation(dependencies.CurrentContext.Context, state);

    public async Task<TResult> ExecuteAsync<TState, TResult>(
        TState state,
        Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
        Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded,
        CancellationToken cancellationToken = default)
    {
        var context = dependencies.CurrentContext.Context;
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await operation(context, state, cancellationToken);
            }
            catch (Exception e) when (PostgresEngine.IsUnreachable(e)
                && context.Database.CurrentTransaction is null
                && !context.ChangeTracker.HasChanges()
                && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                await context.Database.CloseConnectionAsync();
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }
}
