namespace BootDepot.Rack.Tests.Guards;

/// <summary>Tests that measure the process: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
