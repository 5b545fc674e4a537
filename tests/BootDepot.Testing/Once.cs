using System;
using System.Threading;
using System.Threading.Tasks;

namespace BootDepot.Testing;

/// <summary>Something dear that is made once, by whoever asks first.</summary>
public sealed class Once<T>(Func<Task<T>> make)
{
    private readonly Lock _gate = new();
    private Task<T>? _made;

    /// <summary>The thing.</summary>
    public Task<T> GetAsync()
    {
        lock (_gate)
            return _made ??= Task.Run(make);
    }
}
