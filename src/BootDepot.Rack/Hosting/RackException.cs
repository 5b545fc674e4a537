using System;
using BootDepot.Images;

namespace BootDepot.Rack.Hosting;

/// <summary>The rack cannot begin to work.</summary>
public sealed class RackException(Fault fault) : Exception(fault.Message)
{
    /// <summary>Why.</summary>
    public Fault Fault { get; } = fault;
}
