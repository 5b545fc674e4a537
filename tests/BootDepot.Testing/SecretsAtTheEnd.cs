using System;

namespace BootDepot.Testing;

/// <summary>Fails a whole run of tests when a secret was logged or answered in it. A fixture of the assembly.</summary>
public sealed class SecretsAtTheEnd : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => SecretWatch.Check();
}
