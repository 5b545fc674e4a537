using System;
using System.IO;
using BootDepot.Catalog;

namespace BootDepot.Region.Observing;

/// <summary>Which failures are the world's and not the program's: work in the background says so, waits, and goes on.</summary>
internal static class PassingFailures
{
    /// <summary>Whether the database, the blob store or a disk was away or busy. Anything else is a mistake, which must be seen.</summary>
    public static bool WillPass(this CatalogDatabase catalog, Exception exception) =>
        exception is IOException || catalog.FaultOrNull(exception) is not null;
}
