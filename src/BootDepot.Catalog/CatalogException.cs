using System;
using BootDepot.Images;

namespace BootDepot.Catalog;

/// <summary>The catalogue cannot be used; <see cref="Fault"/> says why and what to do.</summary>
public sealed class CatalogException : Exception
{
    /// <summary>With the reason for the person who can change it.</summary>
    public CatalogException(Fault fault, Exception? inner = null)
        : base(fault.Message, inner) => Fault = fault;

    /// <summary>The reason.</summary>
    public Fault Fault { get; }
}
