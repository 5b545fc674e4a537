namespace BootDepot.FakeMaas;

/// <summary>Which age of the API a scripted server speaks. The shapes are those of the wire contract, not of any code.</summary>
public enum MaasEra
{
    /// <summary>MAAS 2.2: no names or priorities of sources, root-tgz file names, custom/ stripped.</summary>
    V22,

    /// <summary>MAAS 3.4: last_deployed, base_image accepted but not shown.</summary>
    V34,

    /// <summary>MAAS 3.8: all fields, dates with Z, content that is there is asked for again.</summary>
    V38,

    /// <summary>BootDepot: all fields, dates of 3.4, content that is there is complete at once, HEAD tells an upload's offset.</summary>
    BootDepot,
}
