namespace BootDepot.Transfers.Tests;

/// <summary>Tests that measure the process: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
