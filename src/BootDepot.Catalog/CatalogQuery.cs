using System;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BootDepot.Catalog;

/// <summary>
/// A query that is translated once and then kept. What EF Core compiles is good for the model it was first used with, and each kind of
/// database has a model of its own; so one is kept per model, and a process may have catalogues of both kinds open.
/// </summary>
/// <typeparam name="TQuery">The delegate that <c>EF.CompileAsyncQuery</c> returns.</typeparam>
/// <param name="compile">Makes it; must make a new one each time.</param>
public sealed class CatalogQuery<TQuery>(Func<TQuery> compile)
    where TQuery : Delegate
{
    private readonly ConditionalWeakTable<IModel, TQuery> _compiled = [];

    /// <summary>The query for the database of that context.</summary>
    public TQuery For(CatalogContext context) => _compiled.GetValue(context.Model, _ => compile());
}
