using System.Collections.Generic;
using YamlDotNet.Serialization;

namespace BootDepot.Cli.People;

/// <summary>The file of <c>apply</c>.</summary>
public sealed class ApplyDocument
{
    /// <summary>Boot sources that should be.</summary>
    public List<ApplySource> Sources { get; set; } = [];

    /// <summary>How much of the past is kept; null leaves it as it is.</summary>
    public ApplyRetention? Retention { get; set; }

    /// <summary>Custom images that should be; null leaves all as they are.</summary>
    public List<ApplyImage>? Images { get; set; }
}

/// <summary>How much of the past is kept.</summary>
public sealed class ApplyRetention
{
    /// <summary>Complete versions of each imported image.</summary>
    public int Versions { get; set; } = 1;
}

/// <summary>A custom image that should be.</summary>
public sealed class ApplyImage
{
    /// <summary>The file, of any form that <c>upload</c> takes.</summary>
    public string File { get; set; } = "";

    /// <summary><c>os/release</c>; null for <c>custom/</c> and the file's name.</summary>
    public string? Name { get; set; }

    /// <summary>Architecture; null for what the image's programs are for.</summary>
    public string? Arch { get; set; }

    /// <summary>Title for people.</summary>
    public string Title { get; set; } = "";

    /// <summary>Release whose kernel installs it.</summary>
    public string? BaseImage { get; set; }
}

/// <summary>A boot source that should be.</summary>
public sealed class ApplySource
{
    /// <summary>Address of the stream; what names the source.</summary>
    public string Url { get; set; } = "";

    /// <summary>Name for people.</summary>
    public string? Name { get; set; }

    /// <summary>Keyring on this machine.</summary>
    public string? Keyring { get; set; }

    /// <summary>Path of a keyring on the server.</summary>
    public string? ServerKeyring { get; set; }

    /// <summary>Whether signatures are not checked.</summary>
    [YamlMember(Alias = "unsigned")]
    public bool SkipsVerification { get; set; }

    /// <summary>Selections that should be.</summary>
    public List<ApplySelection> Selections { get; set; } = [];
}

/// <summary>A selection that should be.</summary>
public sealed class ApplySelection
{
    /// <summary><c>os/release</c>.</summary>
    public string Image { get; set; } = "";

    /// <summary>Architectures; empty for all.</summary>
    public List<string> Arches { get; set; } = [];
}
