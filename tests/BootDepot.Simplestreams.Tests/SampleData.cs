using System;
using System.IO;

namespace BootDepot.Simplestreams.Tests;

/// <summary>Real documents, kept beside the checkout (../shared/data/simplestreams); tests that need them skip when they are not there.</summary>
internal static class SampleData
{
    public static byte[] Read(string name)
    {
        var file = Path.Combine(Folder(), name);
        Assert.SkipUnless(File.Exists(file), $"The real document {name} is not beside the checkout (../shared/data/simplestreams).");
        return File.ReadAllBytes(file);
    }

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "BootDepot.slnx")))
            folder = Path.GetDirectoryName(folder);
        // A worktree may stand one level deeper than the main checkout.
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var data = Path.Combine(folder, "shared", "data", "simplestreams");
            if (Directory.Exists(data))
                return data;
        }

        return "";
    }
}
