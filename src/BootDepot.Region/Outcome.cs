using BootDepot.Images;

namespace BootDepot.Region;

/// <summary>What a use case came to: a value, or the reason why not.</summary>
public abstract record Outcome<T>
{
    private Outcome()
    {
    }

    /// <summary>It was done.</summary>
    public sealed record Done(T Value) : Outcome<T>;

    /// <summary>It was not done; nothing changed.</summary>
    public sealed record Refused(Fault Fault) : Outcome<T>;

    /// <summary>Wraps a value.</summary>
#pragma warning disable CA2225 // The constructors are the named alternates.
    public static implicit operator Outcome<T>(T value) => new Done(value);

    /// <summary>Wraps a reason.</summary>
    public static implicit operator Outcome<T>(Fault fault) => new Refused(fault);
#pragma warning restore CA2225
}
